"""Installation of packages with uv, or with pip if uv is not installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from terrarium.venvs.errors import EnvironmentNotMadeError

__all__ = ["download_wheels", "find_uv", "install", "run"]


def install(
    python: Path,
    *arguments: str,
    what: str,
    variables: Mapping[str, str] = MappingProxyType({}),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Install packages for an interpreter, from the package index in the settings of uv or pip.

    Args:
        python: The interpreter.
        arguments: Arguments that both uv and pip accept.
        what: Subject of the error message.
        variables: Additional environment variables of the installer.
        environment: Its environment variables. Default: those of this process.

    Raises:
        EnvironmentNotMadeError: A package is not available.
    """
    if uv := find_uv():
        command = [uv, "pip", "install", "--quiet", "--python", str(python), *arguments]
    else:
        command = [str(python), "-m", "pip", "install", "--quiet", *arguments]
    run(command, what, variables=variables, environment=environment)


def download_wheels(
    python: Path, requirements: Path, folder: Path, *, variables: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Download the wheels of a requirements file for an interpreter, and verify their hashes.

    It uses pip, because uv cannot download.

    Args:
        python: The interpreter.
        requirements: A file in which every line states hashes.
        folder: Destination.
        variables: Additional environment variables of pip.

    Raises:
        EnvironmentNotMadeError: A package has no wheel for the platform, or pip is not installed.
    """
    command = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--dest", str(folder), "-r", str(requirements)]
    run(command, f"the packages in {requirements}", variables=variables)


def find_uv() -> str | None:
    """Return the path of uv if it is installed here."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def run(
    command: list[str],
    what: str,
    *,
    variables: Mapping[str, str] = MappingProxyType({}),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command that downloads or installs something.

    Raises:
        EnvironmentNotMadeError: The command failed.
    """
    inherited = os.environ if environment is None else environment
    done = subprocess.run(
        command, env={**inherited, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise EnvironmentNotMadeError(
            f"cannot install {what}: {done.stderr.strip()[-2000:]}",
            remedy="name the package index that has it (PIP_INDEX_URL, UV_INDEX_URL), or check the network",
        )
