"""Installs packages: by uv where there is one, else by pip."""

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
    """Install for an interpreter; the package index is the one that uv's or pip's own settings name.

    Args:
        python: The interpreter.
        arguments: Which uv and pip both understand.
        what: For the error.
        variables: What the installer finds in its environment besides this process' own.
        environment: What it finds there instead of this process' own.

    Raises:
        EnvironmentNotMadeError: A package is not to be had.
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

    By pip: uv only installs.

    Args:
        python: The interpreter.
        requirements: A file in which every line states hashes.
        folder: Where to.
        variables: What pip finds in its environment besides this process' own.

    Raises:
        EnvironmentNotMadeError: A package has no wheel for the platform, or pip is not installed.
    """
    command = [str(python), "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", "--dest", str(folder), "-r", str(requirements)]
    run(command, f"what {requirements} lists", variables=variables)


def find_uv() -> str | None:
    """uv, if it is installed here."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def run(
    command: list[str],
    what: str,
    *,
    variables: Mapping[str, str] = MappingProxyType({}),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run a command that gets something.

    Raises:
        EnvironmentNotMadeError: It failed.
    """
    inherited = os.environ if environment is None else environment
    done = subprocess.run(
        command, env={**inherited, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise EnvironmentNotMadeError(
            f"{what} cannot be had: {done.stderr.strip()[-2000:]}",
            remedy="name the package index that has it (PIP_INDEX_URL, UV_INDEX_URL), or check the network",
        )
