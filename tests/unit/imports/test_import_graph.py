"""One direction: no circle of imports and no upward import, late and type-only imports counted."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.unit.imports.import_graph import ROOTS, Import, Kind, circles, imports_of, modules_of

_PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"


def _levels(*, containers: list[str] | None) -> dict[str, int]:
    """Return the level of each package in a `layers` contract of import-linter, from the lowest, 1."""
    contracts = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (
        found for found in contracts if found["type"] == "layers" and found.get("containers") == containers
    )
    return {
        name: level
        for level, names in enumerate(reversed(contract["layers"]), start=1)
        for name in re.findall(r"\w+", names)
    }


@pytest.fixture(scope="module")
def imports() -> list[Import]:
    return imports_of(modules_of(ROOTS))


def test_no_modules_import_each_other(imports: list[Import]) -> None:
    assert circles(imports) == []


def test_no_packages_of_the_sdk_import_each_other(imports: list[Import]) -> None:
    within = [each for each in imports if _part(each.importer) and _part(each.imported)]
    packages = {
        Import(_part(each.importer), _part(each.imported), Kind.MODULE, 0)
        for each in within
        if _part(each.importer) != _part(each.imported)
    }
    assert circles(packages) == []


def test_the_sdk_imports_downwards(imports: list[Import]) -> None:
    levels = _levels(containers=["terrarium"])
    upward = [
        str(each)
        for each in imports
        if _part(each.importer)
        and _part(each.imported)
        and levels[_part(each.imported)] > levels[_part(each.importer)]
    ]
    assert upward == []


def test_the_repository_imports_downwards(imports: list[Import]) -> None:
    levels = dict.fromkeys(ROOTS, 0) | _levels(containers=None)  # libraries below all layers
    upward = [str(each) for each in imports if levels[_root(each.imported)] > levels[_root(each.importer)]]
    assert upward == []


def test_counts_late_and_type_only_imports(tmp_path: Path) -> None:
    (tmp_path / "above.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import below\n"
    )
    (tmp_path / "below.py").write_text("def late() -> None:\n    from above import anything\n")
    modules = {name: tmp_path / f"{name}.py" for name in ("above", "below")}
    found = imports_of(modules)
    assert found == [Import("above", "below", Kind.TYPE, 3), Import("below", "above", Kind.LATE, 2)]
    assert circles(found) == [["above", "below"]]


def _root(module: str) -> str:
    return module.partition(".")[0]


def _part(module: str) -> str:
    """Return the part of the SDK that a module lies in; empty for `terrarium` itself and other packages."""
    root, _, rest = module.partition(".")
    return rest.partition(".")[0] if root == "terrarium" else ""
