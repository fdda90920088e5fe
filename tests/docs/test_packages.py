"""Docstrings of packages: each states what may import the package, and the statements are true."""

import ast
import re
from pathlib import Path

import pytest

from tests.unit.imports.import_graph import ROOTS, imports_of, modules_of

MODULES = modules_of(ROOTS)
PACKAGES = sorted(name for name, file in MODULES.items() if file.name == "__init__.py")
_ONLY = re.compile(r"[Oo]nly `([\w.]+)` imports it")


def docstring(package: str) -> str:
    """Return the docstring of a package, in one line."""
    return " ".join(
        (ast.get_docstring(ast.parse(Path(MODULES[package]).read_text(encoding="utf-8"))) or "").split()
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_states_what_may_import_the_package(package: str) -> None:
    assert re.search(r"\bimports?\b", docstring(package)), "state what may import the package"


def test_only_the_named_packages_import_a_package() -> None:
    stated = {package: found[1] for package in PACKAGES if (found := _ONLY.search(docstring(package)))}
    assert stated
    wrong = [
        f"{each.importer} imports {each.imported}"
        for each in imports_of(MODULES)
        for package, only in stated.items()
        if (each.imported + ".").startswith(package + ".")
        and not (each.importer + ".").startswith((package + ".", only + "."))
    ]
    assert wrong == []
