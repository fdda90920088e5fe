"""Names of files, modules and functions in the pages about the architecture, and in CONTRIBUTING.md."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "architecture"
PAGES = [
    ROOT / "CONTRIBUTING.md",
    *(page for page in sorted(FOLDER.glob("*.md")) if page.name != "provisioning.md"),
]

_BASES = (ROOT, ROOT / "src")
_PACKAGES = (
    "cdktf_lean",
    "environments",
    "modules",
    "operations",
    "policies",
    "stacks",
    "terrarium",
    "terrarium_sandbox",
)
_PATH = re.compile(r"(?P<path>[\w.\-]+/[\w.\-/]*)(?:::(?P<name>[\w.]+))?")
_MODULE = re.compile(rf"(?:{'|'.join(_PACKAGES)})(?:\.\w+)+")


def spans(page: Path) -> list[str]:
    """Return the inline code of a page."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def defines(file: Path, name: str) -> bool:
    """Return whether a file defines each part of `name`, such as `Run.log_metrics`."""
    text = file.read_text(encoding="utf-8")
    return all(
        re.search(rf"^\s*(?:(?:async )?def|class) {part}\b|^\s*{part}\b.*[=:]", text, re.MULTILINE)
        for part in name.split(".")
    )


def exists(module: str) -> bool:
    """Return whether a dotted name is a module, or a name that a module contains."""
    for base in (ROOT, ROOT / "src"):
        path = base / module.replace(".", "/")
        if path.is_dir() or path.with_suffix(".py").is_file():
            return True
        for file in (path.parent.with_suffix(".py"), path.parent / "__init__.py"):
            if file.is_file() and re.search(rf"\b{path.name}\b", file.read_text(encoding="utf-8")):
                return True
    return False


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_files_and_functions_exist(page: Path) -> None:
    missing = []
    for span in spans(page):
        match = _PATH.fullmatch(span)
        if match is None:
            continue
        files = [base / match["path"] for base in _BASES if (base / match["path"]).exists()]
        if not files or (match["name"] and not any(defines(file, match["name"]) for file in files)):
            missing.append(span)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_named_modules_exist(page: Path) -> None:
    assert [span for span in spans(page) if _MODULE.fullmatch(span) and not exists(span)] == []


def test_glossary_defines_each_term_once() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (FOLDER / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    terms = [row for row in rows if row != "term" and not row.startswith("-")]
    assert len(terms) == len(set(terms))
