"""Start-up: import of Terrarium, and connection."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks.sandboxed import sandboxed_lab
from benchmarks.side_by_side import Comparison, side_by_side

__all__ = ["compare"]

_ADDED = 0.08  # s that an import may add
_BARE = """
import boto3
boto3.client("ssm").get_parameter(Name="/terrarium/bench/manifest", WithDecryption=True)
"""


def compare() -> Iterator[Comparison]:
    """Compare imports and connections, each in a new process."""
    imported = side_by_side(
        f"Starting Python: importing terrarium is meant to add {_ADDED} s at most",
        {"bare": _python("pass"), "import terrarium": _python("import terrarium")},
        rounds=15,
        at_most=1,
    )
    yield replace(imported, at_most=1 + _ADDED / imported.median("bare"))
    with sandboxed_lab("bench"):
        yield side_by_side(
            "Connecting, from the start of Python",
            {
                "boto3's call": _python(_BARE),
                "terrarium": _python("import terrarium; terrarium.connect('bench')"),
            },
            rounds=9,
            at_most=1.3,
        )


def _python(program: str) -> Callable[[], None]:
    def run() -> None:
        subprocess.run([sys.executable, "-c", program], check=True)

    return run
