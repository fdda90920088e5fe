"""Wheel of the SDK with the id of the release in its version."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from modules.sdk_release import CHECKOUT, SdkRelease
from terrarium.errors import Error

__all__ = ["build_wheel"]

_VERSION = re.compile(r'^version = "(?P<version>[^"]+)"$', re.MULTILINE)


def build_wheel(release: SdkRelease, folder: Path, *, checkout: Path = CHECKOUT) -> Path:
    """Build the wheel of `checkout` into `folder`, and return its path.

    Its version is that of the project with the release as local version (`0.1.0+r5d0afde040566e68`), so that pip
    replaces the SDK of another release, and the record of a run has the exact SDK.

    Raises:
        Error: The build failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary:
        source = Path(temporary)
        for name in ("LICENSE", "README.md"):
            shutil.copyfile(checkout / name, source / name)
        project = (checkout / "pyproject.toml").read_text(encoding="utf-8")
        (source / "pyproject.toml").write_text(_with_release(project, release), encoding="utf-8")
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(checkout / "src" / "terrarium", source / "src" / "terrarium", ignore=ignored)
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.absolute())],
            cwd=source,
            check=False,
            capture_output=True,
            text=True,
        )
    wheels = list(folder.glob(f"terrarium_ml-*+r{release.id}-*.whl"))
    if done.returncode or len(wheels) != 1:
        raise Error(
            f"the wheel of release {release.id} was not built: {done.stderr.strip()[-2000:]}",
            remedy="install the build tool of the checkout: make setup",
        )
    return wheels[0]


def _with_release(project: str, release: SdkRelease) -> str:
    return _VERSION.sub(rf'version = "\g<version>+r{release.id}"', project, count=1)
