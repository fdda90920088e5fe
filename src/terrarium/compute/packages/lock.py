"""Locks: the exact packages of a job."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from terrarium.compute.errors import LockInvalidError
from terrarium.venvs.exact_version import parse_exact_requirement
from terrarium.venvs.packages import DISTRIBUTION

__all__ = ["PackageLock", "Pin"]

_HASHES: Final = re.compile(r"(?P<requirement>.*?)(?P<hashes>( +--hash=[a-z0-9]+:[0-9a-f]+)*)")
_COMMENT: Final = re.compile(r"(^|\s)#.*$")


class Pin(BaseModel):
    """One line of a lock.

    Attributes:
        name: Normalized name (PEP 503).
        version: Exact version.
        text: The requirement with marker and hashes.
        bare: Whether it has neither marker nor hashes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    text: str
    bare: bool

    @model_validator(mode="after")
    def _check_text(self) -> Self:
        """Refuse a text that an installer would read differently: locks are files in the bucket."""
        if _parts(self.text) != (self.name, self.version, self.bare):
            raise ValueError(f"{self.text!r} is not {self.name}=={self.version}")
        return self


class PackageLock(BaseModel):
    """Exact packages, without Terrarium, which the image provides.

    Attributes:
        python: Version of the interpreter that they were recorded with, if it is known.
        pins: Exact packages, sorted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: str | None = None
    pins: tuple[Pin, ...]

    @classmethod
    def of(cls, requirements: Iterable[str], *, source: str, python: str | None = None) -> Self:
        """Return the lock of requirements such as `numpy==2.4.6`, with optional markers and hashes.

        Raises:
            LockInvalidError: A requirement is not an exact version; the error names `source`.
        """
        pins = [_pin(text, source) for text in requirements]
        kept = {pin.text: pin for pin in pins if pin.name != DISTRIBUTION}
        return cls(python=python, pins=tuple(kept[text] for text in sorted(kept)))

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Return the lock of a requirements file, as `uv pip compile` and pip-tools write it.

        Raises:
            LockInvalidError: The file cannot be read, or has a line that is not an exact version.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise LockInvalidError(
                f"{path} cannot be read: {error.strerror}",
                remedy="packages= takes a requirements file's path, a run, or a run's id",
            ) from error
        lines = (_COMMENT.sub("", line) for line in text.replace("\\\n", " ").splitlines())
        return cls.of((" ".join(line.split()) for line in lines if line.strip()), source=str(path))


def _pin(text: str, source: str) -> Pin:
    parts = _parts(text)
    if parts is None:
        raise LockInvalidError(
            f"{source} has {text!r}, which is no exact version of a package",
            remedy="lock it, e.g. `uv pip compile requirements.in -o requirements.txt`, and submit with that file",
        )
    name, version, bare = parts
    return Pin(name=name, version=version, text=text, bare=bare)


def _parts(text: str) -> tuple[str, str, bool] | None:
    """Return the normalized name, the version, and whether that is all; None if the text is no exact version."""
    match = _HASHES.fullmatch(text)
    requirement = parse_exact_requirement(match["requirement"]) if match else None
    if match is None or requirement is None:
        return None
    (specifier,) = requirement.specifier
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    return name, specifier.version, not (requirement.marker or match["hashes"])
