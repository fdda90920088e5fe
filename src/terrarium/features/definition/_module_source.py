"""Source text of functions in modules that are not imported, because importing a module runs it."""

import ast
import inspect
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

__all__ = ["decorated_source"]


def decorated_source(module: str, name: str, *, decorator: str) -> str | None:
    """Return the source text of a decorated function of a module, as `inspect.getsource` would.

    Args:
        module: Full name of the module. Neither the module nor its parent packages are imported.
        name: Name of the function, at the top level of the module.
        decorator: The decorator that the function must have: `decorator(...)` or `something.decorator(...)`.

    Returns:
        None if the module does not exist, or has no such function with that decorator.
    """
    spec = _find(module)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    text = Path(spec.origin).read_text(encoding="utf-8", errors="replace")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            marks = [mark for mark in node.decorator_list if _called(mark) == decorator]
            if marks:
                first = min(mark.lineno for mark in node.decorator_list)
                return "".join(inspect.getblock(text.splitlines(keepends=True)[first - 1 :]))
    return None


def _find(module: str) -> ModuleSpec | None:
    """Return the spec of a module. `importlib.util.find_spec` would import its parent packages."""
    places: list[str] | None = None  # None: the finders' own search path, for top-level modules
    spec: ModuleSpec | None = None
    parts = module.split(".")
    if not all(parts):
        return None
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        # All finders: an editable installation may have one of its own.
        found = (finder.find_spec(name, places) for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next((one for one in found if one is not None), None)
        if spec is None:
            return None
        places = list(spec.submodule_search_locations or ())
    return spec


def _called(mark: ast.expr) -> str | None:
    if not isinstance(mark, ast.Call):
        return None
    match mark.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None
