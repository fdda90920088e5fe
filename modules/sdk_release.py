"""The release of the SDK in this checkout: an id by content, in the tag of the base image and the prefix of packages.

The same files have the same id on every machine. So a release of the stacks refers to exactly the code that it was
tested with, and unchanged code is neither built nor pushed again.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from terrarium.manifest import Architecture

__all__ = [
    "CHECKOUT",
    "REQUIREMENTS",
    "SANDBOX",
    "SANDBOX_REQUIREMENTS",
    "SDK_PREFIX",
    "SdkRelease",
    "sandbox_id",
    "sdk_release",
]

CHECKOUT = Path(__file__).parents[1]
REQUIREMENTS = Path("requirements/sdk.txt")
"""The locked dependencies of the SDK, with hashes; relative to the checkout."""
SANDBOX = Path("src/terrarium_sandbox")
"""The project of the distribution `terrarium-sandbox`; relative to the checkout."""
SANDBOX_REQUIREMENTS = Path("requirements/sandbox.txt")
"""The locked dependencies of the SDK and of the sandbox, with hashes; relative to the checkout."""
SDK_PREFIX = "sdk/"
"""The prefix of the artifact bucket with the SDK that notebooks and laptops install. Only CI and administrators
write."""

_PACKAGE = Path("src/terrarium")
# The sources of the wheel besides the package, and of the image.
_FILES = (Path("LICENSE"), Path("README.md"), Path("images/base/Dockerfile"), Path("pyproject.toml"))
_ID_LENGTH = 16  # hexadecimal digits: 64 bits, far beyond any accidental collision


class SdkRelease(NamedTuple):
    """The ids of the SDK's sources and of its locked dependencies.

    Attributes:
        id: Digest of all sources of the base image and of the wheel.
        dependencies_id: Digest of the locked dependencies alone, which change less often.
    """

    id: str
    dependencies_id: str

    @property
    def image_tag(self) -> str:
        """The tag of the base image for x86. Tags of the repository are immutable."""
        return f"base-{self.id}"

    def image_tag_for(self, architecture: Architecture) -> str:
        """Return the tag of the base image for an architecture: each has an image of its own.

        A tag for all would have to move when an environment gets its first pool of another architecture.
        """
        return self.image_tag if architecture == "x86_64" else f"{self.image_tag}-{architecture}"

    @property
    def prefix(self) -> str:
        """The prefix of the release's wheel and its `requirements.txt` in the artifact bucket."""
        return f"{SDK_PREFIX}releases/{self.id}/"

    @property
    def dependencies_prefix(self) -> str:
        """The prefix of the wheels of the locked dependencies in the artifact bucket."""
        return f"{SDK_PREFIX}dependencies/{self.dependencies_id}/"


def sdk_release(checkout: Path = CHECKOUT) -> SdkRelease:
    """Return the release of the SDK in `checkout`.

    Files of tools (`__pycache__`, hidden files) do not count. Takes a few milliseconds.
    """
    paths = sorted((*_FILES, REQUIREMENTS, *_sources(checkout, _PACKAGE)), key=Path.as_posix)
    return SdkRelease(id=_digest(checkout, *paths), dependencies_id=_digest(checkout, REQUIREMENTS))


def sandbox_id(checkout: Path = CHECKOUT) -> str:
    """Return the digest of the sources of the distribution `terrarium-sandbox` in `checkout`."""
    return _digest(checkout, *sorted(_sources(checkout, SANDBOX), key=Path.as_posix))


def _sources(checkout: Path, package: Path) -> Iterator[Path]:
    for path in (checkout / package).rglob("*"):
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
