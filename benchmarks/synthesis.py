"""Synthesis of all environments with stock and with lean bindings, as whole processes.

Both find compiled bytecode: compiling the 2,100 modules of the stock bindings takes a minute.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.side_by_side import Comparison, side_by_side

__all__ = ["compare"]

_ROOT = Path(__file__).parents[1]
_STOCK, _LEAN = {"CDKTF_LEAN": "0"}, {"CDKTF_LEAN": "1"}


def compare() -> Iterator[Comparison]:
    """Compare synthesis with caches, and without a cache."""
    with TemporaryDirectory() as folder:
        warm = _caches(Path(folder) / "warm")
        stock, lean = _synthesis({**_STOCK, **warm}), _synthesis({**_LEAN, **warm})
        stock()
        lean()
        yield side_by_side(
            "Synthesis of every environment", {"stock": stock, "lean": lean}, rounds=5, at_most=0.16
        )
    yield side_by_side(
        "First synthesis of every environment, with no cache yet",
        {"stock": _first_synthesis(_STOCK), "lean": _first_synthesis(_LEAN)},
        rounds=3,
        at_most=1,
    )


def _caches(folder: Path) -> dict[str, str]:
    # The last one is jsii's cache, which the stock bindings use.
    return {"XDG_CACHE_HOME": str(folder), "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(folder / "jsii")}


def _synthesis(environment: dict[str, str]) -> Callable[[], None]:
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def synthesize() -> None:
        with TemporaryDirectory() as out:
            subprocess.run(
                [sys.executable, "-m", "stacks"],
                cwd=_ROOT,
                env={**inherited, "PYTHONPATH": str(_ROOT / "src"), "CDKTF_OUTDIR": out, **environment},
                check=True,
            )

    return synthesize


def _first_synthesis(environment: dict[str, str]) -> Callable[[], None]:
    def synthesize() -> None:
        with TemporaryDirectory() as folder:
            _synthesis({**environment, **_caches(Path(folder))})()

    return synthesize
