"""A job's packages: unpacked from the store, or installed once and put there."""

import gzip
import hashlib
import json
import platform
import sys
import sysconfig
import tarfile
import time
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Final

from terrarium.compute.anonymous import anonymous
from terrarium.compute.code_unpacking import unpack_file
from terrarium.compute.errors import PackagesNotProvidedError
from terrarium.compute.package_lock import PackageLock
from terrarium.compute.package_store import PackageStore
from terrarium.installation.errors import EnvironmentNotMadeError
from terrarium.installation.installer import install

__all__ = ["packages_digest", "provide_packages"]

_LOOK_EVERY: Final = 1.0  # s


def provide_packages(
    lock: PackageLock,
    *,
    folder: Path,
    store: PackageStore,
    wait_seconds: float = 0.0,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Path | None:
    """A folder to import the packages of a lock from; None if this interpreter has them all.

    Args:
        lock: What is wanted.
        folder: Is made, for all that is needed.
        store: Where others may have put them, and where they go once they are installed.
        wait_seconds: How long to wait for somebody else who may be about to put them there.
        variables: What the installer finds in its environment besides this process' own.

    Raises:
        PackagesNotProvidedError: The interpreter is another, or a package is not to be had.
    """
    _check_interpreter(lock)
    missing = _missing(lock)
    if not missing:
        return None
    name = f"{packages_digest(missing)}.tar.gz"
    installed, archive = folder / "installed", folder / name
    installed.mkdir(parents=True)
    deadline = time.monotonic() + wait_seconds
    while not (there := store.get(name, archive)) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
    if there:
        unpack_file(archive, installed)
    else:
        _install(missing, installed, variables)
        _pack(installed, archive)
        store.put(archive, name)
    archive.unlink()
    return installed


def packages_digest(requirements: list[str]) -> str:
    """What stands for requirements as this kind of interpreter on this kind of machine has them installed."""
    # The interpreter's path is that which installed scripts begin with.
    kind = [sys.implementation.cache_tag, sysconfig.get_platform(), *platform.libc_ver(), sys.executable]
    return hashlib.sha256(json.dumps([sorted(requirements), kind]).encode()).hexdigest()


def _check_interpreter(lock: PackageLock) -> None:
    if lock.python and lock.python.split(".")[:2] != list(platform.python_version_tuple()[:2]):
        raise PackagesNotProvidedError(
            f"the packages were recorded with Python {lock.python}, and here is {platform.python_version()}",
            remedy="run it in an image of that Python, or lock the packages for this one",
        )


def _missing(lock: PackageLock) -> list[str]:
    """What to install: all but what the interpreter has in that version, and no hash is asked of."""
    return [pin.text for pin in lock.pins if not (pin.bare and _version(pin.name) == pin.version)]


def _install(requirements: list[str], folder: Path, variables: Mapping[str, str]) -> None:
    file = folder.with_name("requirements.txt")
    file.write_text("\n".join(requirements))
    # Exactly those: what they need is in the lock as well, or in the image. Compiled files would hold times.
    arguments = ["--no-deps", "--no-compile", "--target", str(folder), "-r", str(file)]
    try:
        install(Path(sys.executable), *arguments, what="what the job's lock lists", variables=variables)
    except EnvironmentNotMadeError as error:
        raise PackagesNotProvidedError(
            error.problem,
            remedy="check that the package index has them, and that the job has a way there: `egress` in the "
            "environment's TOML, an index of your own by variables={'PIP_INDEX_URL': …, 'UV_INDEX_URL': …}; "
            "else build an image that holds them",
        ) from error


def _pack(folder: Path, archive: Path) -> None:
    """The same bytes for the same packages, whoever installs them."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as entries,
    ):
        for path in sorted(folder.rglob("*")):
            entries.add(path, arcname=str(path.relative_to(folder)), recursive=False, filter=anonymous)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
