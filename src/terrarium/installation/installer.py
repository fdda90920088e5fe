"""Installs packages: by uv where there is one, else by pip."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from terrarium.installation.errors import EnvironmentNotMadeError

__all__ = ["find_uv", "install", "run"]


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
