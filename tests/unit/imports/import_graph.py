"""Import graph of the repository's packages, read from the syntax trees of their files.

Run as a script, it prints the number of imports of each kind, and every circle:

    python tests/unit/imports/import_graph.py terrarium terrarium_sandbox
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

__all__ = ["ROOTS", "Import", "Kind", "circles", "imports_of", "modules_of"]

_REPOSITORY: Final = Path(__file__).parents[3]

ROOTS: Final = {
    "terrarium": _REPOSITORY / "src/terrarium",
    "terrarium_sandbox": _REPOSITORY / "src/terrarium_sandbox",
    "cdktf_lean": _REPOSITORY / "src/cdktf_lean",
    "environments": _REPOSITORY / "environments",
    "modules": _REPOSITORY / "modules",
    "stacks": _REPOSITORY / "stacks",
    "policies": _REPOSITORY / "policies",
    "operations": _REPOSITORY / "operations",
}


class Kind(StrEnum):
    """When an import is executed."""

    MODULE = "module-level"
    LATE = "late"  # in a function
    TYPE = "type-only"  # below `if TYPE_CHECKING`


@dataclass(frozen=True, order=True)
class Import:
    """One import of one module of the repository by another."""

    importer: str
    imported: str
    kind: Kind
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported} ({self.kind})"


def modules_of(roots: Iterable[str]) -> dict[str, Path]:
    """Return the files of `roots` by the dotted names of their modules."""
    found: dict[str, Path] = {}
    for root in roots:
        folder = ROOTS[root]
        for path in sorted(folder.rglob("*.py")):
            parts = [root, *path.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(modules: dict[str, Path]) -> list[Import]:
    """Return every import of one of `modules` by another, sorted."""
    return sorted(
        {
            Import(name, imported, kind, line)
            for name, path in modules.items()
            for imported, kind, line in _imports_in(name, path, modules)
            if imported != name
        }
    )


def circles(imports: Iterable[Import]) -> list[list[str]]:
    """Return the groups of modules that import each other, directly or through others (Tarjan, 1972)."""
    graph: dict[str, list[str]] = {}
    for each in imports:
        graph.setdefault(each.importer, []).append(each.imported)
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for following in graph.get(node, ()):
            if following not in index:
                visit(following)
                low[node] = min(low[node], low[following])
            elif following in stack:
                low[node] = min(low[node], index[following])
        if low[node] == index[node]:
            start = stack.index(node)
            if len(stack) - start > 1:
                found.append(sorted(stack[start:]))
            del stack[start:]

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    for node in sorted(graph):
        if node not in index:
            visit(node)
    return sorted(found)


def _imports_in(name: str, path: Path, modules: dict[str, Path]) -> Iterator[tuple[str, Kind, int]]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for statement, kind in _statements(ast.parse(path.read_bytes()), Kind.MODULE):
        for imported in _targets(statement, package):
            known = _longest_known(imported, modules)
            if known is not None:
                yield known, kind, statement.lineno


def _statements(node: ast.AST, kind: Kind) -> Iterator[tuple[ast.Import | ast.ImportFrom, Kind]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, kind
        elif isinstance(child, ast.If) and _is_type_checking(child.test):
            for each in child.body:
                yield from _statements(ast.Module([each], []), Kind.TYPE)
            for each in child.orelse:
                yield from _statements(ast.Module([each], []), kind)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _statements(child, Kind.LATE if kind is Kind.MODULE else kind)
        else:
            yield from _statements(child, kind)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _targets(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield alias.name
        return
    base = statement.module or ""
    if statement.level:
        parts = package.split(".")
        parent = ".".join(parts[: len(parts) - statement.level + 1])
        base = f"{parent}.{base}".rstrip(".")
    for alias in statement.names:
        yield f"{base}.{alias.name}"


def _longest_known(dotted: str, modules: dict[str, Path]) -> str | None:
    """Return the module that `dotted`, a module or a name in one, is or lies in."""
    while dotted:
        if dotted in modules:
            return dotted
        dotted = dotted.rpartition(".")[0]
    return None


if __name__ == "__main__":
    chosen = modules_of(sys.argv[1:] or ROOTS)
    all_imports = imports_of(chosen)
    print(f"{len(chosen)} modules")
    for included in ((Kind.MODULE,), (Kind.MODULE, Kind.LATE), (Kind.MODULE, Kind.TYPE), tuple(Kind)):
        edges = [each for each in all_imports if each.kind in included]
        groups = circles(edges)
        print(
            f"{' + '.join(included)}: {len({(e.importer, e.imported) for e in edges})} imports, "
            f"{len(groups)} circles of {sum(map(len, groups))} modules"
        )
    for group in circles(all_imports):
        print(f"circle of {len(group)}:")
        inside = set(group)
        for each in all_imports:
            if each.importer in inside and each.imported in inside:
                print(f"  {each}")
