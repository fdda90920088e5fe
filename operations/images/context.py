"""The build context of the base image: exactly what its Dockerfile may read."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from modules.sdk_release import CHECKOUT
from operations.sdk.folder import ReleaseFolder

__all__ = ["build_context"]


@contextmanager
def build_context(release: ReleaseFolder) -> Iterator[Path]:
    """Yield a folder with the Dockerfile, `requirements.txt` and `wheels/`; it is removed afterwards."""
    with TemporaryDirectory(dir=release.dependencies.parent, prefix="context-") as temporary:
        folder = Path(temporary)
        shutil.copyfile(CHECKOUT / "images" / "base" / "Dockerfile", folder / "Dockerfile")
        shutil.copyfile(release.requirements, folder / "requirements.txt")
        wheels = folder / "wheels"
        wheels.mkdir()
        for wheel in (release.wheel, *release.dependencies.iterdir()):
            os.link(wheel, wheels / wheel.name)  # on the same disk, and 300 MB of them
        yield folder
