"""Installation of the packages of a job's lock into a folder."""

import hashlib
import json
import platform
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from terrarium.compute.errors import PackagesNotProvidedError
from terrarium.compute.packages.lock import PackageLock
from terrarium.venvs.errors import EnvironmentNotMadeError
from terrarium.venvs.installer import download_wheels, install

__all__ = ["download_packages", "install_packages", "missing_packages", "packages_digest"]


def missing_packages(lock: PackageLock) -> list[str]:
    """Return the requirements to install: all but those that this interpreter meets and that state no hash.

    Raises:
        PackagesNotProvidedError: The lock is of another version of Python.
    """
    if lock.python and lock.python.split(".")[:2] != list(platform.python_version_tuple()[:2]):
        raise PackagesNotProvidedError(
            f"the packages were recorded with Python {lock.python}, and this is Python {platform.python_version()}",
            remedy="run it in an image of that Python, or lock the packages for this one",
        )
    return [pin.text for pin in lock.pins if not (pin.bare and _version(pin.name) == pin.version)]


def packages_digest(requirements: Sequence[str]) -> str:
    """Return a digest of requirements, interpreter and platform, which together determine the installed files."""
    # The interpreter's path is that which installed scripts begin with.
    kind = [sys.implementation.cache_tag, sysconfig.get_platform(), *platform.libc_ver(), sys.executable]
    return hashlib.sha256(json.dumps([sorted(requirements), kind]).encode()).hexdigest()


def install_packages(
    requirements: Sequence[str], folder: Path, *options: str, variables: Mapping[str, str]
) -> None:
    """Install exactly these requirements into a folder. Their dependencies are in the lock or in the image.

    Args:
        requirements: Lines of a requirements file.
        folder: The target folder.
        options: Further options of uv and pip.
        variables: Environment variables of the installer, in addition to those of this process.

    Raises:
        PackagesNotProvidedError: A package is not available, or has another hash.
    """
    # Compiled files would hold times.
    arguments = ["--no-deps", "--no-compile", "--target", str(folder), "-r", str(_file(requirements, folder))]
    try:
        install(
            Path(sys.executable),
            *arguments,
            *options,
            what="the packages in the job's lock",
            variables=variables,
        )
    except EnvironmentNotMadeError as error:
        raise PackagesNotProvidedError(
            error.problem,
            remedy="check that the package index has them, and that the job can reach it: `egress` in the "
            "environment's TOML, another index by variables={'PIP_INDEX_URL': …, 'UV_INDEX_URL': …}; "
            "or build an image that contains them",
        ) from error


def download_packages(requirements: Sequence[str], folder: Path, *, variables: Mapping[str, str]) -> bool:
    """Download the wheels of hashed requirements into a folder, and verify them; False if that is not possible.

    It is not where a package has no wheel for this platform, or this interpreter has no pip.
    """
    try:
        download_wheels(Path(sys.executable), _file(requirements, folder), folder, variables=variables)
    except EnvironmentNotMadeError:
        return False
    return True


def _file(requirements: Sequence[str], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder.with_name(f"{folder.name}-requirements.txt")
    file.write_text("\n".join(requirements))
    return file


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
