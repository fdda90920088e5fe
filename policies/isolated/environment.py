"""The isolated environment of policy tools: where it is, and how a tool in it is started."""

import os
import subprocess
from pathlib import Path

from terrarium.errors import Error

__all__ = ["ToolFailedError", "ToolsNotInstalledError", "start"]

_ROOT = Path(__file__).parents[2]
# What could change a verdict from outside: these tools read settings from variables and from the home folder.
_PASSED_ON = ("LANG", "LC_ALL", "PATH", "TMPDIR")


class ToolsNotInstalledError(Error):
    """The isolated environment has not been set up."""


class ToolFailedError(Error):
    """A tool ended without a verdict."""


def start(*arguments: str, home: Path) -> "subprocess.Popen[str]":
    """Start the environment's Python with arguments, in an empty home, so that nothing but those decides.

    Raises:
        ToolsNotInstalledError: There is no such environment.
    """
    python = _ROOT / ".venv-policy" / "bin" / "python"
    if not python.is_file():
        raise ToolsNotInstalledError(
            "checkov and cloudsplaining are not installed",
            remedy="say `make policy`, which sets them up once",
        )
    inherited = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return subprocess.Popen(
        [str(python), *arguments],
        cwd=home,
        env={**inherited, "HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
