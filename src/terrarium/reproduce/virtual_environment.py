"""A virtual environment with exactly the packages asked for; made by uv where there is one, else by venv and pip."""

import shutil
import subprocess
import sys
from pathlib import Path

from terrarium.reproduce.errors import EnvironmentNotRebuiltError
from terrarium.reproduce.packages import Packages

__all__ = ["VirtualEnvironment"]

_BIN = "Scripts" if sys.platform == "win32" else "bin"
_MADE = ".terrarium-complete"


class VirtualEnvironment:
    """A virtual environment.

    Args:
        folder: Where it is, or will be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / _BIN / "python"

    def make(self, packages: Packages, *, python: str) -> None:
        """Make it, with these packages and nothing that they would ask for besides.

        One that was made of the same before is taken as it is.

        Args:
            packages: Exact versions, and folders of projects.
            python: Version of the interpreter, e.g. `3.11.7`.

        Raises:
            EnvironmentNotRebuiltError: The interpreter or a package is not to be had.
        """
        wanted = "\n".join([f"python {python}", *packages.pinned, *map(str, packages.folders)])
        complete = self.folder / _MADE
        if complete.is_file() and complete.read_text() == wanted:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self._create(python)
        requirements = self.folder / "requirements.txt"
        requirements.write_text("\n".join(packages.pinned) + "\n")
        self._install("-r", str(requirements))
        if packages.folders:
            self._install(*(argument for folder in packages.folders for argument in ("-e", str(folder))))
        complete.write_text(wanted)

    def _create(self, python: str) -> None:
        base = _interpreter(python)
        if uv := _uv():
            _run(
                [uv, "venv", "--quiet", "--python", str(base or python), str(self.folder)], f"Python {python}"
            )
        elif base:
            _run([str(base), "-m", "venv", str(self.folder)], f"Python {python}")
        else:
            raise EnvironmentNotRebuiltError(
                f"Python {python} is not installed here",
                remedy="install it, or install uv, which fetches interpreters; or compare with what is here: --here",
            )

    def _install(self, *arguments: str) -> None:
        if uv := _uv():
            command = [uv, "pip", "install", "--quiet", "--python", str(self.python), "--no-deps", *arguments]
        else:
            command = [str(self.python), "-m", "pip", "install", "--quiet", "--no-deps", *arguments]
        _run(command, "the recorded packages")


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _interpreter(version: str) -> Path | None:
    """An interpreter of exactly this version, if one is at hand."""
    minor = ".".join(version.split(".")[:2])
    candidates = [sys.executable, shutil.which(f"python{minor}"), shutil.which("python3")]
    for candidate in filter(None, candidates):
        asked = [candidate, "-c", "import platform; print(platform.python_version())"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        if answer == version:
            return Path(candidate)
    return None


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EnvironmentNotRebuiltError(
            f"{what} cannot be had: {done.stderr.strip()[-2000:]}",
            remedy="add the index that has it (PIP_INDEX_URL, UV_INDEX), "
            "or run with what is installed here and see what differs: --here",
        )
