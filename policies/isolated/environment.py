"""Isolated environment of the policy tools: its interpreter, and the start of a tool in it."""

import os
import subprocess
from pathlib import Path

from terrarium.errors import FailedError, NotInstalledError

__all__ = ["ToolFailedError", "ToolsNotInstalledError", "start"]

_ROOT = Path(__file__).parents[2]
# No other variables: the tools read settings from variables and from the home folder, which would change the verdict.
_PASSED_ON = ("LANG", "LC_ALL", "PATH", "TMPDIR")


class ToolsNotInstalledError(NotInstalledError):
    """The isolated environment has not been set up."""


class ToolFailedError(FailedError):
    """A policy tool failed, so that there is no verdict."""


def start(
    *arguments: str, home: Path, python: Path | None = None, search_path: tuple[Path, ...] = ()
) -> "subprocess.Popen[str]":
    """Start Python in an empty home folder, so that no settings of the user change the result.

    Args:
        *arguments: The arguments of the interpreter.
        home: The empty home folder.
        python: The interpreter. Default: that of the isolated environment.
        search_path: Additional folders to import from.

    Raises:
        ToolsNotInstalledError: The interpreter does not exist.
    """
    python = python or _ROOT / ".venv-policy" / "bin" / "python"
    if not python.is_file():
        raise ToolsNotInstalledError(
            "checkov and cloudsplaining are not installed",
            remedy="run `make policy`, which installs them once",
        )
    inherited = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    if search_path:
        inherited["PYTHONPATH"] = os.pathsep.join(map(str, search_path))
    return subprocess.Popen(
        [str(python), *arguments],
        cwd=home,
        env={**inherited, "HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
