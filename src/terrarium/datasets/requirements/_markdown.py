"""A data requirement as a Markdown document."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from terrarium.datasets.requirements._requirement_content import RequirementContent

__all__ = ["as_markdown"]


def as_markdown(requirement: "RequirementContent") -> str:
    """Return the document, with a list of what is missing."""
    return "\n".join(_lines(requirement)) + "\n"


def _lines(requirement: "RequirementContent") -> Iterator[str]:
    yield f"# Data requirement: {requirement.dataset}"
    yield ""
    yield requirement.purpose or "*(without a purpose)*"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in _facts(requirement).items():
        yield f"| {name} | {_cell(value)} |"
    yield ""
    yield "## Columns"
    yield ""
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in requirement.columns:
        yield f"| `{column.name}` | {_cell(column.type or 'any')} | {_cell(column.meaning)} |"
    if requirement.constraints:
        yield ""
        yield "## Constraints"
        yield ""
        for constraint in requirement.constraints:
            yield f"- {constraint}"
    if gaps := requirement.missing():
        yield ""
        yield "## Missing"
        yield ""
        for gap in gaps:
            yield f"- {gap}"
    if requirement.remarks:
        yield ""
        yield "## History"
        yield ""
        for remark in requirement.remarks:
            text = f": {remark.text}" if remark.text else ""
            yield f"- {remark.at:%Y-%m-%d %H:%M} UTC, {remark.by}: {remark.state}{text}"


def _facts(requirement: "RequirementContent") -> dict[str, object]:
    rows = requirement.minimum_rows
    facts = {
        "state": requirement.state,
        "owner": requirement.owner,
        "consumer": requirement.consumer,
        "reviewer": requirement.reviewer,
        "rows": None if rows is None else f"at least {rows:,}",
        "time": requirement.time_column,
        "freshness": requirement.freshness and f"at most {requirement.freshness} old",
        "history": requirement.history and f"at least {requirement.history}",
    }
    return {name: value for name, value in facts.items() if value is not None}


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
