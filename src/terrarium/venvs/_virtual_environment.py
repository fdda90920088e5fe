"""Virtual environment with exact packages, created by uv, or by venv and pip if uv is not installed."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from terrarium.venvs.errors import EnvironmentNotMadeError
from terrarium.venvs.exact_version import check_python_version
from terrarium.venvs.installer import find_uv, install, run
from terrarium.venvs.packages import Packages

__all__ = ["VirtualEnvironment"]

_BIN = "Scripts" if sys.platform == "win32" else "bin"
_MADE = ".terrarium-complete"


class VirtualEnvironment:
    """A virtual environment.

    Args:
        folder: Its folder, which may not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / _BIN / "python"

    def make(
        self,
        packages: Packages,
        *,
        python: str,
        dependencies: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Create it with exactly these packages, and with their dependencies if `dependencies` is set.

        An environment that was created from the same packages is reused.

        Args:
            packages: Exact versions, and folders of projects.
            python: Version of the interpreter, e.g. `3.11.7`.
            dependencies: Whether to install the dependencies of the packages as well.
            environment: The variables of the installer, and so of the packages' builds. Default: those of this
                process.

        Raises:
            EnvironmentNotMadeError: The interpreter or a package is not available.
            PackageVersionError: `python` is not a version.
        """
        check_python_version(python)
        wanted = "\n".join([f"python {python}", *packages.pinned, *map(str, packages.folders)])
        complete = self.folder / _MADE
        if complete.is_file() and complete.read_text() == wanted:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self._create(python)
        requirements = self.folder / "requirements.txt"
        requirements.write_text(
            "\n".join([*packages.pinned, *(f"-e {folder}" for folder in packages.folders)])
        )
        arguments = ["-r", str(requirements), *([] if dependencies else ["--no-deps"])]
        install(self.python, *arguments, what=f"the packages in {requirements}", environment=environment)
        complete.write_text(wanted)

    def _create(self, python: str) -> None:
        base = _interpreter(python)
        if uv := find_uv():
            run(
                [uv, "venv", "--quiet", "--python", str(base or python), str(self.folder)], f"Python {python}"
            )
        elif base:
            run([str(base), "-m", "venv", str(self.folder)], f"Python {python}")
        else:
            raise EnvironmentNotMadeError(
                f"Python {python} is not installed here",
                remedy="install it, or install uv, which fetches interpreters",
            )


def _interpreter(version: str) -> Path | None:
    """Return an interpreter of exactly this version, if one is installed."""
    minor = ".".join(version.split(".")[:2])
    candidates = [sys.executable, shutil.which(f"python{minor}"), shutil.which("python3")]
    for candidate in filter(None, candidates):
        asked = [candidate, "-c", "import platform; print(platform.python_version())"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        if answer == version:
            return Path(candidate)
    return None
