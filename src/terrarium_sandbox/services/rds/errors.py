"""Errors of the data plane, translated for clients of RDS."""

from collections.abc import Iterator
from contextlib import contextmanager

from moto.rds.exceptions import RDSClientError

from terrarium.errors import Error

__all__ = ["as_rds_errors"]


@contextmanager
def as_rds_errors() -> Iterator[None]:
    """Translate an `Error` of the sandbox to an error of RDS, with its text."""
    try:
        yield
    except Error as error:
        raise RDSClientError("SandboxFailure", str(error)) from error
