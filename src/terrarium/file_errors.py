"""Refusals of the file system, as errors of Terrarium: the path, why, and what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from terrarium.errors import Error, InvalidRequestError, NotFoundError, UnavailableError

__all__ = ["DiskFullError", "FileAbsentError", "FileRefusedError", "explained_paths"]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_ABSENT = {errno.ENOENT}


class FileRefusedError(InvalidRequestError):
    """The file system does not take a path, or does not let this process use it."""


class FileAbsentError(NotFoundError):
    """There is no such file or folder."""


class DiskFullError(UnavailableError):
    """The disk is full, or its quota is used up."""


@contextmanager
def explained_paths(doing: str) -> Iterator[None]:
    """Raise what the file system refuses as an error of Terrarium.

    Args:
        doing: What was being done, as in "cannot <doing>".
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or isinstance(error, ConnectionError | TimeoutError):
            raise  # of a network
        raise _explained(error, doing) from error


def _explained(error: OSError, doing: str) -> Error:
    place = f" ({error.filename})" if error.filename is not None else ""
    problem = f"cannot {doing}: {error.strerror or error}{place}"
    if error.errno in _FULL:
        return DiskFullError(problem, remedy="free some space, or name a place on another disk")
    if error.errno in _ABSENT:
        return FileAbsentError(problem, remedy="check the path and the working directory")
    return FileRefusedError(problem, remedy="name another path, one that this process may use")
