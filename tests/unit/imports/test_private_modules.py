"""The name of a module of the SDK states who imports it: `_name` only its own package, `name` others as well."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.unit.imports.import_graph import imports_of, modules_of

_REPOSITORY: Final = Path(__file__).parents[3]
_OTHER_IMPORTERS: Final = (
    "benchmarks",
    "environments",
    "examples",
    "modules",
    "operations",
    "policies",
    "stacks",
    "tests",
)
# Each service folder has these, independent of their importers. Commands are found by name.
_FIXED_NAMES: Final = ("service", "errors")
_MODULE: Final = re.compile(r"\bterrarium(?:\.\w+)+")


@pytest.fixture(scope="module")
def importers() -> dict[str, set[str]]:
    """Return the importers of each module of the SDK, by dotted name; text such as an entry point counts."""
    sdk = modules_of(["terrarium"])
    found: dict[str, set[str]] = {name: set() for name in sdk}
    for each in imports_of(sdk):
        found[each.imported].add(each.importer)
    others = [path for folder in _OTHER_IMPORTERS for path in (_REPOSITORY / folder).rglob("*.py")]
    others += [*(_REPOSITORY / "src/terrarium_sandbox").rglob("*.py"), _REPOSITORY / "pyproject.toml"]
    for path in others:
        for name in set(_MODULE.findall(path.read_text(encoding="utf-8"))):
            if name in found:
                found[name].add(str(path.relative_to(_REPOSITORY)))
    return found


def _is_inside(importer: str, package: str) -> bool:
    return importer == package or importer.startswith(f"{package}.")


def test_only_its_own_package_imports_a_private_module(importers: dict[str, set[str]]) -> None:
    outside = {
        name: sorted(importer for importer in found if not _is_inside(importer, name.rpartition(".")[0]))
        for name, found in importers.items()
        if name.rpartition(".")[2].startswith("_") and not name.endswith("__main__")
    }
    assert {name: found for name, found in outside.items() if found} == {}


def test_a_module_that_only_its_own_package_imports_is_private(importers: dict[str, set[str]]) -> None:
    unmarked = []
    for name, found in importers.items():
        package, _, leaf = name.rpartition(".")
        if package in ("", "terrarium", "terrarium.cli") or leaf.startswith("_") or leaf in _FIXED_NAMES:
            continue
        is_package = (_REPOSITORY / "src" / name.replace(".", "/")).is_dir()
        if found and not is_package and all(_is_inside(importer, package) for importer in found):
            unmarked.append(name)
    assert unmarked == []
