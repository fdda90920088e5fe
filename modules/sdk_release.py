"""The release of the SDK in this checkout: an id by content, which names the base image and the packages.

The same files give the same id on every machine, so that a release of the stacks names exactly the code that it was
tested with, and unchanged code is neither built nor pushed again.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["CHECKOUT", "REQUIREMENTS", "SDK_PREFIX", "SdkRelease", "sdk_release"]

CHECKOUT = Path(__file__).parents[1]
REQUIREMENTS = Path("requirements/sdk.txt")
"""The locked dependencies of the SDK, with hashes; relative to the checkout."""
SDK_PREFIX = "sdk/"
"""The part of the artifact bucket that only CI and administrators write: the SDK that notebooks and laptops install."""

_PACKAGE = Path("src/terrarium")
# What the wheel is built from, besides the package, and what the image is built with.
_FILES = (Path("LICENSE"), Path("README.md"), Path("images/base/Dockerfile"), Path("pyproject.toml"))
_ID_LENGTH = 16  # hexadecimal digits: 64 bits, far beyond any accidental collision


class SdkRelease(NamedTuple):
    """What the SDK's sources and its locked dependencies are called.

    Attributes:
        id: Digest of everything that goes into the base image and the wheel.
        dependencies_id: Digest of the locked dependencies alone, which change less often.
    """

    id: str
    dependencies_id: str

    @property
    def image_tag(self) -> str:
        """The tag of the base image; ECR keeps it from ever naming another image."""
        return f"base-{self.id}"

    @property
    def prefix(self) -> str:
        """Where the artifact bucket has the release's wheel and its `requirements.txt`."""
        return f"{SDK_PREFIX}releases/{self.id}/"

    @property
    def dependencies_prefix(self) -> str:
        """Where the artifact bucket has the wheels of the locked dependencies."""
        return f"{SDK_PREFIX}dependencies/{self.dependencies_id}/"


def sdk_release(checkout: Path = CHECKOUT) -> SdkRelease:
    """Return the release that `checkout` holds.

    Files that tools leave behind (`__pycache__`, hidden files) do not count. Costs a few milliseconds.
    """
    paths = sorted((*_FILES, REQUIREMENTS, *_sources(checkout)), key=Path.as_posix)
    return SdkRelease(id=_digest(checkout, *paths), dependencies_id=_digest(checkout, REQUIREMENTS))


def _sources(checkout: Path) -> Iterator[Path]:
    for path in (checkout / _PACKAGE).rglob("*"):
        relative = path.relative_to(checkout)
        generated = any(part.startswith(".") or part == "__pycache__" for part in relative.parts)
        if path.is_file() and not generated and path.suffix != ".pyc":
            yield relative


def _digest(checkout: Path, *paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256((checkout / path).read_bytes()).hexdigest()
        digest.update(f"{path.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:_ID_LENGTH]
