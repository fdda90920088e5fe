"""Packages that a job names beside those of its image: taken from the bucket, or installed once and put there."""

import hashlib
import io
import json
import platform
import subprocess
import sys
import tarfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from terrarium.artifacts.errors import ArtifactNotFoundError
from terrarium.compute.code_unpacking import unpack
from terrarium.compute.errors import PackagesNotProvidedError

__all__ = ["provide_packages"]


def provide_packages(lock: str, *, folder: Path) -> Path | None:
    """A folder to import exactly the packages of a lock from; None if this interpreter has them all.

    Args:
        lock: JSON: the version of `python`, and `packages` by name.
        folder: Where to put them.

    Raises:
        PackagesNotProvidedError: The interpreter is another, or a package is not to be had.
    """
    wanted = json.loads(lock)
    mine = platform.python_version_tuple()[:2]
    if tuple(wanted["python"].split(".")[:2]) != mine:
        raise PackagesNotProvidedError(
            f"the packages are for Python {wanted['python']}, and this image has {platform.python_version()}",
            remedy="submit it with an image of that Python",
        )
    missing = {name: exact for name, exact in wanted["packages"].items() if _version(name) != exact}
    if not missing:
        return None
    folder.mkdir()
    kind = f"{sys.implementation.cache_tag}-{platform.system()}-{platform.machine()}"
    digest = hashlib.sha256(json.dumps([missing, kind], sort_keys=True).encode()).hexdigest()
    _restore_or_install(missing, name=f"packages/{digest}.tar.gz", folder=folder)
    return folder


def _restore_or_install(packages: dict[str, str], *, name: str, folder: Path) -> None:
    from terrarium.connection import open_lab

    artifacts = open_lab().artifacts
    try:
        unpack(artifacts.get_bytes(artifacts.latest(name)), folder)
    except ArtifactNotFoundError:
        _install(packages, folder)
        artifacts.put_bytes(_packed(folder), name)


def _install(packages: dict[str, str], folder: Path) -> None:
    requirements = [f"{name}=={exact}" for name, exact in packages.items()]
    # Exactly those: what they depend on is on the list, too, or in the image.
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    done = subprocess.run([*command, *requirements], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackagesNotProvidedError(
            f"what the job's environment lists cannot be had: {done.stderr.strip()[-2000:]}",
            remedy="a network without a way to a package index needs an image that holds them: see `egress`",
        )


def _packed(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(folder, arcname=".")
    return buffer.getvalue()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
