"""All replacements in other libraries use `patch`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from terrarium_sandbox import patches
from terrarium_sandbox.patches import argument, list_patches, patch, wrap

_SANDBOX = Path(__file__).parents[3] / "src" / "terrarium_sandbox"
# What else is set in other libraries, and why that is no patch.
_ALLOWED = {
    "services/stepfunctions/__init__.py: default_user_config['stepfunctions']['execute_state_machine']": (
        "moto's own setting"
    ),
}


class _Library:
    """A class of another distribution."""

    def greet(self, name: str) -> str:
        return f"hello {name}"


@pytest.fixture(autouse=True)
def no_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "_patches", {})


def test_replaces_and_lists() -> None:
    library = type("Library", (_Library,), {})
    patch(library, "greet", lambda _, name: f"good day {name}", reason="It is rude.")
    assert library().greet("you") == "good day you"
    (listed,) = list_patches()
    assert (listed.target, listed.adds, listed.reason) == (f"{__name__}.Library.greet", False, "It is rude.")
    assert listed.module == __name__


def test_wraps() -> None:
    library = type("Library", (_Library,), {})

    @wrap(library, "greet", reason="It is quiet.")
    def loud(original: Any, self: _Library, name: str) -> str:
        return f"{original(self, name)}!"

    assert library().greet("you") == "hello you!"
    assert [listed.target for listed in list_patches()] == [f"{__name__}.Library.greet"]


def test_refuses_to_replace_a_missing_attribute() -> None:
    with pytest.raises(AttributeError, match="shout does not exist"):
        patch(_Library, "shout", None, reason="")


def test_refuses_to_add_an_existing_attribute() -> None:
    with pytest.raises(AttributeError, match="greet exists already"):
        patch(_Library, "greet", None, reason="", adds=True)


def test_finds_arguments_by_name() -> None:
    assert argument(_Library.greet, "name", (SimpleNamespace(), "you"), {}) == "you"
    assert argument(_Library.greet, "name", (SimpleNamespace(),), {"name": "you"}) == "you"


def test_nothing_else_sets_attributes_of_other_libraries() -> None:
    found = {
        f"{path.relative_to(_SANDBOX)}: {target}"
        for path in _SANDBOX.rglob("*.py")
        if path.name != "patches.py"
        for target in _set_in_libraries(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found - _ALLOWED.keys() == set(), "replace it by terrarium_sandbox.patches"
    assert _ALLOWED.keys() - found == set()


@pytest.mark.parametrize(
    "line",
    [
        "Key.name = 1",
        "moto.s3.models.Key.name = 1",
        "Key.limits['a'] |= {1}",
        "vars(Key)['name'] = 1",
        "setattr(Key, 'name', 1)",
        "del Key.name",
        "THREADS[:] = []",
    ],
)
def test_the_check_finds(line: str) -> None:
    source = f"import moto.s3.models\nfrom moto.s3.models import THREADS, Key\n{line}\n"
    assert list(_set_in_libraries(ast.parse(source)))


def _set_in_libraries(tree: ast.Module) -> Iterator[str]:
    libraries = set(_imported(tree))
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"setattr", "delattr"}:
            targets = [ast.Attribute(node.args[0], ast.unparse(node.args[1]))]
        for target in targets:
            if isinstance(target, ast.Attribute | ast.Subscript) and _root(target) in libraries:
                yield ast.unparse(target)


def _root(node: ast.expr) -> str | None:
    while True:
        if isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "vars":
            node = node.args[0]
        else:
            return node.id if isinstance(node, ast.Name) else None


def _imported(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module imports from other distributions."""
    ours = {"terrarium", "terrarium_sandbox", *sys.stdlib_module_names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] not in ours:
            yield from (name.asname or name.name for name in node.names)
        elif isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.partition(".")[0]
                if top not in ours:
                    yield name.asname or top
