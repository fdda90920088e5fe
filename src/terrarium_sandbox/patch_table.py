"""Table of the attributes that the sandbox replaces in moto and other libraries."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from terrarium_sandbox.patches import Patch, list_patches

__all__ = ["collect_patches", "markdown_table", "table"]


def collect_patches() -> list[Patch]:
    """Apply every patch in this process, without a sandbox, and return the list."""
    # Imported when used: they import moto.
    from terrarium_sandbox.home import Home
    from terrarium_sandbox.http.routes import Routes
    from terrarium_sandbox.moto_core import correct_moto
    from terrarium_sandbox.sandbox import Sandbox
    from terrarium_sandbox.services import install_services

    with TemporaryDirectory() as folder:
        correct_moto()
        install_services(Sandbox(home=Home(Path(folder)), endpoint="", routes=Routes(token="")))
    return list_patches()


def table(patches: Iterable[Patch]) -> str:
    """Return the patches as text: each module of the sandbox, what it replaces, and why."""
    return "\n".join(
        line
        for module, line_number, targets, reason in _grouped(patches)
        for line in (f"{module}:{line_number}", *(f"  {target}" for target in targets), f"    {reason}")
    )


def markdown_table(patches: Iterable[Patch]) -> str:
    """Return the patches as a table in Markdown."""
    rows = [
        f"| {'<br>'.join(f'`{target}`' for target in targets)} | `{module}` | {reason} |"
        for module, _, targets, reason in _grouped(patches)
    ]
    return "\n".join(["| replaced | by | because |", "|---|---|---|", *rows])


def _grouped(patches: Iterable[Patch]) -> Iterator[tuple[str, int, list[str], str]]:
    """Yield the patches, those of one line and reason together."""
    for (module, line, reason), found in groupby(
        patches, lambda patch: (patch.module, patch.line, patch.reason)
    ):
        targets = [f"{patch.target} (added)" if patch.adds else patch.target for patch in found]
        yield module, line, targets, reason
