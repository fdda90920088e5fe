"""The packages of a Batch job: installed from the package index, or from wheels that jobs share.

Every scientist and every job may write the shared wheels. So nothing of them is trusted: they are used only for a lock
that states hashes, and the installer verifies each wheel against these. A lock without hashes is installed from the
package index by every job.
"""

import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from terrarium.artifacts import Artifacts
from terrarium.compute.errors import PackagesNotProvidedError
from terrarium.compute.packages._shared_wheels import SharedWheels
from terrarium.compute.packages.installation import (
    download_packages,
    install_packages,
    missing_packages,
    packages_digest,
)
from terrarium.compute.packages.lock import PackageLock

__all__ = ["provide_packages"]

_LOOK_EVERY: Final = 1.0  # s


def provide_packages(
    lock: PackageLock,
    *,
    folder: Path,
    artifacts: Artifacts,
    wait_seconds: float = 0.0,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Path | None:
    """Return a folder to import the packages of a lock from; None if this interpreter has them all.

    Args:
        lock: The packages.
        folder: The folder to create for temporary files and for the packages.
        artifacts: The storage of shared wheels.
        wait_seconds: How long to wait for wheels that another job is about to share.
        variables: Environment variables of the installer, in addition to those of this process.

    Raises:
        PackagesNotProvidedError: The version of Python differs, or a package is not available.
    """
    missing = missing_packages(lock)
    if not missing:
        return None
    installed, wheels = folder / "installed", folder / "wheels"
    if not all("--hash=" in requirement for requirement in missing):
        install_packages(missing, installed, variables=variables)
        return installed
    shared = SharedWheels(artifacts, name=packages_digest(missing))
    deadline = time.monotonic() + wait_seconds
    while not (found := shared.get(wheels)) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)
    if found and _installed_from(wheels, missing, installed, variables):
        return installed
    for used in (wheels, installed):
        shutil.rmtree(used, ignore_errors=True)
    if download_packages(missing, wheels, variables=variables):
        _install_from(wheels, missing, installed, variables)
        shared.put(wheels)
    else:
        install_packages(missing, installed, "--require-hashes", variables=variables)
    return installed


def _installed_from(
    wheels: Path, requirements: Sequence[str], installed: Path, variables: Mapping[str, str]
) -> bool:
    try:
        _install_from(wheels, requirements, installed, variables)
    except PackagesNotProvidedError as error:
        print(
            "terrarium: the wheels that jobs share are not what the lock names, so the package index is used: "
            f"{error.problem}",
            file=sys.stderr,
        )
        return False
    return True


def _install_from(
    wheels: Path, requirements: Sequence[str], installed: Path, variables: Mapping[str, str]
) -> None:
    options = ("--no-index", "--find-links", str(wheels), "--require-hashes")
    install_packages(requirements, installed, *options, variables=variables)
