"""Programs that a tunnel needs on this machine."""

import shutil
from typing import Final

__all__ = ["missing_tunnel_program"]

_PROGRAMS: Final = ("aws", "session-manager-plugin")


def missing_tunnel_program() -> str | None:
    """Return the first program for tunnels that is not on PATH, or None if all are."""
    return next((program for program in _PROGRAMS if shutil.which(program) is None), None)
