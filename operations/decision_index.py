"""Index of the decisions in `docs/decisions/`: their heads, and the page that lists them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["AREAS", "FOLDER", "Decision", "decisions_page", "read_decision", "read_decisions"]

FOLDER = Path(__file__).parent.parent / "docs" / "decisions"
AREAS = frozenset(
    {
        "artifacts",
        "datasets",
        "delivery",
        "dependencies",
        "features",
        "identity",
        "jobs",
        "models",
        "pipelines",
        "policy",
        "provisioning",
        "sandbox",
        "sdk",
        "synthesis",
        "tracking",
        "warehouse",
    }
)

_LINK = r"\[\d+\]\(\d{4}-[a-z0-9-]+\.md\)"
_LINKS = rf"{_LINK}(?:,\s+{_LINK})*"
_HEAD = re.compile(
    r"# (?P<number>\d+)\. (?P<title>[^\n]+)\n"
    r"\n"
    r"- Area: (?P<area>[a-z]+)\n"
    r"- Date: (?P<date>\d{4}-\d{2}-\d{2})\n"
    rf"- Status: (?P<status>accepted|superseded(?: in part)? by {_LINKS})\n"
    rf"(?:- Supersedes(?: in part)?: (?P<supersedes>{_LINKS})\n)?"
    r"\n"
)


@dataclass(frozen=True)
class Decision:
    """The head of a decision's page.

    `superseded_by` names the pages that replace it, or a part of it; `supersedes` the pages that it replaces.
    """

    file: str
    number: int
    title: str
    area: str
    date: str
    status: str
    superseded_by: tuple[str, ...]
    supersedes: tuple[str, ...]


def read_decision(file: Path) -> Decision:
    """Return the head of a decision's page.

    Raises:
        ValueError: The head does not have the form that CONTRIBUTING.md states.
    """
    found = _HEAD.match(file.read_text(encoding="utf-8"))
    if found is None:
        msg = f"{file.name}: the head is not `# <number>. <title>`, then `- Area:`, `- Date:` and `- Status:`"
        raise ValueError(msg)
    return Decision(
        file=file.name,
        number=int(found["number"]),
        title=found["title"],
        area=found["area"],
        date=found["date"],
        status=found["status"],
        superseded_by=_linked(found["status"]),
        supersedes=_linked(found["supersedes"] or ""),
    )


def read_decisions() -> list[Decision]:
    """Return the heads of all decisions, by number."""
    return [read_decision(file) for file in sorted(FOLDER.glob("[0-9]*.md"))]


def decisions_page(decisions: Iterable[Decision]) -> str:
    """Return the page that lists the decisions."""
    rows = "\n".join(
        f"| [{decision.number}]({decision.file}) | {decision.title} | {decision.area} | {decision.date} "
        f"| {decision.status} |"
        for decision in decisions
    )
    return f"""# Decisions

One short page each: context, decision, consequence. A superseded decision stays, and links to the one that
replaces it. `make docs` generates this table from the heads of the pages.

| no. | decision | area | date | status |
|---:|---|---|---|---|
{rows}
"""


def _linked(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\]\(([^)]+)\)", text))
