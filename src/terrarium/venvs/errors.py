"""Errors of virtual environments."""

from terrarium.errors import FailedError, InvalidRequestError

__all__ = ["EnvironmentNotMadeError", "PackageVersionError"]


class EnvironmentNotMadeError(FailedError):
    """The interpreter or a package is not available."""


class PackageVersionError(InvalidRequestError):
    """A package's name or version, read from a record, is not one (PEP 508, PEP 440)."""
