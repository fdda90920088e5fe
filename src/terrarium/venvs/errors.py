"""Errors of virtual environments."""

from terrarium.errors import FailedError, InvalidRequestError

__all__ = ["EnvironmentNotMadeError", "PackageVersionError"]


class EnvironmentNotMadeError(FailedError):
    """The interpreter or a package is not available."""


class PackageVersionError(InvalidRequestError):
    """The name or version of a recorded package is not valid (PEP 508, PEP 440)."""
