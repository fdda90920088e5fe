"""Translation of errors of the file system to errors of Terrarium."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from terrarium.errors import Error, InvalidRequestError, NotFoundError, UnavailableError

__all__ = ["DiskFullError", "FileAbsentError", "FileRefusedError", "explained_paths"]

_FULL = {errno.ENOSPC, errno.EDQUOT}
_ABSENT = {errno.ENOENT}


class FileRefusedError(InvalidRequestError):
    """The path is invalid, or this process may not use it."""


class FileAbsentError(NotFoundError):
    """The file or folder does not exist."""


class DiskFullError(UnavailableError):
    """The disk or its quota is full."""


@contextmanager
def explained_paths(doing: str) -> Iterator[None]:
    """Raise errors of the file system as errors of Terrarium.

    Args:
        doing: The operation, as in "cannot <doing>".
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or isinstance(error, ConnectionError | TimeoutError):
            raise  # an error of the network
        raise _explained(error, doing) from error


def _explained(error: OSError, doing: str) -> Error:
    place = f" ({error.filename})" if error.filename is not None else ""
    problem = f"cannot {doing}: {error.strerror or error}{place}"
    if error.errno in _FULL:
        return DiskFullError(problem, remedy="free some space, or name a folder on another disk")
    if error.errno in _ABSENT:
        return FileAbsentError(problem, remedy="check the path and the working directory")
    return FileRefusedError(problem, remedy="name a path that this process may use")
