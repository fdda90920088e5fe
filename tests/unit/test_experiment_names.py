"""Tests of one process share an environment, so an experiment's name belongs to one test file."""

import ast
from collections import defaultdict
from pathlib import Path

_TESTS = Path(__file__).parents[1]


def _recorded_names(file: Path) -> set[str]:
    """Return the literal names with which `file` starts runs: `lab.experiment("churn").run(…)`."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(
                        func=ast.Attribute(attr="experiment"), args=[ast.Constant(value=str(name)), *_]
                    ),
                    attr="run",
                )
            ):
                names.add(name)
    return names


def test_no_two_files_record_runs_of_experiments_with_one_name() -> None:
    files = defaultdict(list)
    for folder in ("sandbox", "security", "bad_values"):
        for file in sorted((_TESTS / folder).rglob("test_*.py")):
            for name in _recorded_names(file):
                files[name].append(file.name)
    assert {name: found for name, found in files.items() if len(found) > 1} == {}
