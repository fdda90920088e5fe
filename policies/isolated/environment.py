"""The isolated environment of policy tools: where it is, and how a tool in it is started."""

import os
import subprocess
from pathlib import Path

from terrarium.errors import FailedError, NotInstalledError

__all__ = ["ToolFailedError", "ToolsNotInstalledError", "start"]

_ROOT = Path(__file__).parents[2]
# What could change a verdict from outside: these tools read settings from variables and from the home folder.
_PASSED_ON = ("LANG", "LC_ALL", "PATH", "TMPDIR")


class ToolsNotInstalledError(NotInstalledError):
    """The isolated environment has not been set up."""


class ToolFailedError(FailedError):
    """A tool ended without a verdict."""


def start(
    *arguments: str, home: Path, python: Path | None = None, search_path: tuple[Path, ...] = ()
) -> "subprocess.Popen[str]":
    """Start Python with arguments, in an empty home, so that nothing but those decides.

    Args:
        *arguments: The arguments.
        home: The empty home.
        python: The interpreter. Default: that of the isolated environment.
        search_path: Folders to import from, besides what the interpreter's environment has.

    Raises:
        ToolsNotInstalledError: There is no such interpreter.
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
