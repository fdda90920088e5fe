"""`python -m benchmarks [NAME…]`: the command that runs the named benchmarks, or all, and prints their tables.

A benchmark is a module of this package with a function `compare` that yields comparisons or tables. Each one runs in
its own process, so that it cannot affect the next one, and a failure does not end the others.
"""

import importlib
import pkgutil
import subprocess
import sys

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.side_by_side import Comparison

__all__: list[str] = []


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all. Return the exit code: 1 if one failed."""
    if len(names) == 1:
        _run(names[0])
        return 0
    failed = [name for name in names or _module_names() if _run_apart(name)]
    if failed:
        print(
            f"failed: {', '.join(failed)}; run one alone: python -m benchmarks {failed[0]}", file=sys.stderr
        )
    return 1 if failed else 0


def _run(name: str) -> None:
    console = Console()
    module = importlib.import_module(f"benchmarks.{name}")
    if hasattr(module, "compare"):
        for comparison in module.compare():
            console.print(_table(comparison) if isinstance(comparison, Comparison) else comparison)


def _run_apart(name: str) -> int:
    return subprocess.run([sys.executable, "-m", "benchmarks", name], check=False).returncode


def _module_names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__"]


def _table(comparison: Comparison) -> Table:
    table = Table(
        "", "median s", "fastest s", "ratio", "at most", title=comparison.title, title_justify="left"
    )
    for position, (name, seconds) in enumerate(comparison.seconds.items()):
        ratio = comparison.ratio(name)
        table.add_row(
            name,
            f"{comparison.median(name):.3f}",
            f"{min(seconds):.3f}",
            f"{ratio:.3f}",
            *([f"{comparison.at_most:.2f}"] if position else []),
            style="bold red" if position and ratio > comparison.at_most else None,
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
