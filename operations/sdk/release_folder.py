"""Folder with the files of a release, from which `pip install --no-index --require-hashes` installs the SDK."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from modules.sdk_release import CHECKOUT, REQUIREMENTS, SdkRelease
from operations.sdk.dependencies import download_dependencies
from operations.sdk.wheel import build_wheel
from terrarium.venvs.packages import DISTRIBUTION

__all__ = ["ReleaseFolder", "build_release"]

_BUILD = CHECKOUT / "build" / "sdk"


class ReleaseFolder(NamedTuple):
    """The paths of a release on this machine.

    Attributes:
        requirements: Exact versions with hashes of the SDK's wheel and of every dependency.
        wheel: The SDK's wheel.
        dependencies: The folder with the wheels of all dependencies.
    """

    requirements: Path
    wheel: Path
    dependencies: Path


def build_release(
    release: SdkRelease, *, folder: Path = _BUILD, lock: Path = CHECKOUT / REQUIREMENTS
) -> ReleaseFolder:
    """Build the release below `folder`. Files that an earlier call built or downloaded are reused.

    Raises:
        Error: The wheel cannot be built, or a dependency cannot be downloaded.
    """
    dependencies = folder / "dependencies" / release.dependencies_id
    if not dependencies.is_dir():
        unfinished = dependencies.with_name(f"{dependencies.name}.{os.getpid()}")
        download_dependencies(lock, unfinished)
        _move(unfinished, dependencies)
    files = folder / "releases" / release.id
    if not files.is_dir():
        unfinished = files.with_name(f"{files.name}.{os.getpid()}")
        wheel = build_wheel(release, unfinished)
        (unfinished / "requirements.txt").write_text(_pin(wheel, release) + lock.read_text(encoding="utf-8"))
        _move(unfinished, files)
    (wheel,) = files.glob("*.whl")
    return ReleaseFolder(files / "requirements.txt", wheel, dependencies)


def _pin(wheel: Path, release: SdkRelease) -> str:
    version = wheel.name.split("-")[1]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"# Terrarium's SDK, release {release.id}\n{DISTRIBUTION}=={version} --hash=sha256:{digest}\n"


def _move(unfinished: Path, finished: Path) -> None:
    try:
        unfinished.rename(finished)
    except OSError:  # another process finished first, with the same content
        shutil.rmtree(unfinished)
