"""Folder with the files of a release, from which `pip install --no-index --require-hashes` installs the SDK."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from modules.sdk_release import CHECKOUT, REQUIREMENTS, SANDBOX_REQUIREMENTS, SdkRelease
from operations.sdk.dependencies import download_dependencies
from operations.sdk.wheel import build_sandbox_wheel, build_wheel, sandbox_version
from terrarium.manifest import Architecture
from terrarium.sdk_source import REQUIREMENTS_OF_SANDBOX
from terrarium.venvs.packages import DISTRIBUTION

__all__ = ["ReleaseFolder", "SandboxFiles", "build_release", "build_sandbox"]

_BUILD = CHECKOUT / "build" / "sdk"
_SANDBOX = "terrarium-sandbox"


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


class SandboxFiles(NamedTuple):
    """The paths of the sandbox's distribution on this machine, beside the files of the release.

    Attributes:
        requirements: Exact versions with hashes of both wheels and of every dependency.
        wheel: The wheel of the sandbox.
    """

    requirements: Path
    wheel: Path


def build_release(
    release: SdkRelease,
    *,
    folder: Path = _BUILD,
    lock: Path = CHECKOUT / REQUIREMENTS,
    architecture: Architecture = "x86_64",
) -> ReleaseFolder:
    """Build the release below `folder`. Files that an earlier call built or downloaded are reused.

    The dependencies are those for `architecture`, in a folder of their own.

    Raises:
        Error: The wheel cannot be built, or a dependency cannot be downloaded.
    """
    name = (
        release.dependencies_id if architecture == "x86_64" else f"{release.dependencies_id}-{architecture}"
    )
    dependencies = folder / "dependencies" / name
    if not dependencies.is_dir():
        unfinished = dependencies.with_name(f"{dependencies.name}.{os.getpid()}")
        download_dependencies(lock, unfinished, architecture=architecture)
        _move(unfinished, dependencies)
    files = folder / "releases" / release.id
    if not files.is_dir():
        unfinished = files.with_name(f"{files.name}.{os.getpid()}")
        wheel = build_wheel(release, unfinished)
        head = f"# Terrarium's SDK, release {release.id}\n"
        pins = head + _pin(DISTRIBUTION, wheel) + lock.read_text(encoding="utf-8")
        (unfinished / "requirements.txt").write_text(pins, encoding="utf-8")
        _move(unfinished, files)
    (wheel,) = files.glob(f"{DISTRIBUTION.replace('-', '_')}-*.whl")
    return ReleaseFolder(files / "requirements.txt", wheel, dependencies)


def build_sandbox(
    release: SdkRelease, built: ReleaseFolder, *, lock: Path = CHECKOUT / SANDBOX_REQUIREMENTS
) -> SandboxFiles:
    """Build the distribution of the sandbox into the folder of a release, unless an earlier call did.

    Raises:
        Error: The wheel cannot be built.
    """
    folder = built.wheel.parent
    found = list(folder.glob(f"*+{sandbox_version(release)}-*.whl"))
    wheel = found[0] if found else build_sandbox_wheel(release, folder)
    head = f"# Terrarium's SDK, release {release.id}, and its sandbox\n"
    pins = head + _pin(DISTRIBUTION, built.wheel) + _pin(_SANDBOX, wheel) + lock.read_text(encoding="utf-8")
    requirements = folder / REQUIREMENTS_OF_SANDBOX
    requirements.write_text(pins, encoding="utf-8")
    return SandboxFiles(requirements, wheel)


def _pin(distribution: str, wheel: Path) -> str:
    version = wheel.name.split("-")[1]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{distribution}=={version} --hash=sha256:{digest}\n"


def _move(unfinished: Path, finished: Path) -> None:
    try:
        unfinished.rename(finished)
    except OSError:  # another process finished first, with the same content
        shutil.rmtree(unfinished)
