"""Wheels of the SDK and of the sandbox with the id of the release in their versions."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from modules.sdk_release import CHECKOUT, SANDBOX, SdkRelease, sandbox_id
from terrarium.errors import Error

__all__ = ["build_sandbox_wheel", "build_wheel", "sandbox_version"]

_VERSION = re.compile(r'^version = "(?P<version>[^"]+)"$', re.MULTILINE)
_SDK = Path("src/terrarium")


def build_wheel(release: SdkRelease, folder: Path, *, checkout: Path = CHECKOUT) -> Path:
    """Build the wheel of the SDK in `checkout` into `folder`, and return its path.

    Its version is that of the project with the release as local version (`0.1.0+r5d0afde040566e68`), so that pip
    replaces the SDK of another release, and the record of a run has the exact SDK.

    Raises:
        Error: The build failed.
    """
    return _build(
        "terrarium_ml", f"r{release.id}", package=_SDK, project=Path(), folder=folder, checkout=checkout
    )


def build_sandbox_wheel(release: SdkRelease, folder: Path, *, checkout: Path = CHECKOUT) -> Path:
    """Build the wheel of the sandbox in `checkout` into `folder`, and return its path.

    Raises:
        Error: The build failed.
    """
    local = sandbox_version(release, checkout=checkout)
    return _build(
        "terrarium_sandbox", local, package=SANDBOX, project=SANDBOX, folder=folder, checkout=checkout
    )


def sandbox_version(release: SdkRelease, *, checkout: Path = CHECKOUT) -> str:
    """Return the local version of the sandbox: the release that it belongs to, and the digest of its own sources."""
    return f"r{release.id}.s{sandbox_id(checkout)}"


def _build(name: str, local: str, *, package: Path, project: Path, folder: Path, checkout: Path) -> Path:
    """Build the wheel of a project from a copy of its sources, in which the version has a local part."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary:
        source = Path(temporary)
        for file in ("LICENSE", "README.md"):
            shutil.copyfile(checkout / file, source / file)
        versioned = (checkout / "pyproject.toml").read_text(encoding="utf-8")
        versioned = _VERSION.sub(rf'version = "\g<version>+{local}"', versioned, count=1)
        (source / "pyproject.toml").write_text(versioned, encoding="utf-8")
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(checkout / package, source / package, ignore=ignored)
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.absolute())],
            cwd=source / project,
            check=False,
            capture_output=True,
            text=True,
        )
    wheels = list(folder.glob(f"{name}-*+{local}-*.whl"))
    if done.returncode or len(wheels) != 1:
        raise Error(
            f"the wheel {name} {local} was not built: {done.stderr.strip()[-2000:]}",
            remedy="install the build tool of the checkout: make setup",
        )
    return wheels[0]
