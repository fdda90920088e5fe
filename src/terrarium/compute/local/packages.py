"""Packages of jobs on this machine, installed once and kept in the user's cache folder."""

import gzip
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp
from types import MappingProxyType

from terrarium.compute.code.unpacking import unpack_file
from terrarium.compute.packages.installation import install_packages, missing_packages, packages_digest
from terrarium.compute.packages.lock import PackageLock
from terrarium.io.tar_entries import anonymous

__all__ = ["provide_local_packages"]


def provide_local_packages(
    lock: PackageLock, *, folder: Path, kept: Path, variables: Mapping[str, str] = MappingProxyType({})
) -> Path | None:
    """Return a folder to import the packages of a lock from; None if this interpreter has them all.

    Args:
        lock: The packages.
        folder: The folder to create for temporary files and for the packages.
        kept: The folder of installed packages. It is trusted: only its user may write to it.
        variables: Environment variables of the installer, in addition to those of this process.

    Raises:
        PackagesNotProvidedError: The version of Python differs, or a package is not available.
    """
    missing = missing_packages(lock)
    if not missing:
        return None
    installed, archive = folder / "installed", kept / f"{packages_digest(missing)}.tar.gz"
    installed.mkdir(parents=True)
    if archive.is_file():
        unpack_file(archive, installed)
    else:
        install_packages(missing, installed, variables=variables)
        _keep(installed, archive)
    return installed


def _keep(folder: Path, archive: Path) -> None:
    """Pack a folder; the archive appears whole or not at all, with the same bytes for the same packages."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    number, temporary = mkstemp(dir=archive.parent)
    with (
        os.fdopen(number, "wb") as file,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as entries,
    ):
        for path in sorted(folder.rglob("*")):
            entries.add(path, arcname=str(path.relative_to(folder)), recursive=False, filter=anonymous)
    shutil.move(temporary, archive)
