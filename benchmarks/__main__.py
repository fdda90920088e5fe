"""`python -m benchmarks [NAME…]`: the command that runs the named benchmarks, or all, and prints their tables.

A benchmark is a module of this package with a function `compare` that yields comparisons or tables. Each one runs in
its own process, so that it cannot affect the next one, and a failure does not end the others.
"""

import importlib
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.side_by_side import Comparison

__all__: list[str] = []


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all. Return the exit code: 1 if one failed."""
    known = _names()
    if unknown := [name for name in names if name not in known]:
        print(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    if len(names) == 1:
        _run(names[0])
        return 0
    codes = {name: _run_apart(name) for name in names or known}
    failed = [name for name, code in codes.items() if code]
    print(f"\n{len(codes) - len(failed)} of {len(codes)} benchmarks ran to their end")
    for name in failed:
        print(
            f"{name} failed with exit code {codes[name]}; alone: python -m benchmarks {name}", file=sys.stderr
        )
    return 1 if failed else 0


def _run(name: str) -> None:
    console = Console()
    for comparison in importlib.import_module(f"benchmarks.{name}").compare():
        console.print(_table(comparison) if isinstance(comparison, Comparison) else comparison)


def _run_apart(name: str) -> int:
    print(f"\n{name}", flush=True)
    return subprocess.run([sys.executable, "-m", "benchmarks", name], check=False).returncode


def _names() -> list[str]:
    """Return the modules with a function `compare`, without importing them: that takes long."""
    folder = Path(__file__).parent
    return sorted(file.stem for file in folder.glob("*.py") if "\ndef compare(" in file.read_text())


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
