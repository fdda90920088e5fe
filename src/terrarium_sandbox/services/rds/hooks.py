"""Changing what moto does at one point."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from moto.rds.exceptions import RDSClientError

from terrarium.errors import Error

__all__ = ["argument", "around", "as_rds_errors"]

_Replacement: TypeAlias = Callable[..., Any]


def around(owner: type, name: str) -> Callable[[_Replacement], None]:
    """Replace a method of a class of moto's by the decorated function, which gets the original first.

    Example:
        >>> @around(RDSBackend, "stop_db_cluster")
        ... def stop(original, backend, cluster_identifier): ...
    """
    original = getattr(owner, name)

    def replace(replacement: _Replacement) -> None:
        @functools.wraps(original)
        def method(*arguments: Any, **keywords: Any) -> Any:
            return replacement(original, *arguments, **keywords)

        setattr(owner, name, method)

    return replace


def argument(original: _Replacement, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """The argument of that name, however it was passed; None if it was not."""
    return inspect.signature(original).bind(*arguments, **keywords).arguments.get(name)


@contextmanager
def as_rds_errors() -> Iterator[None]:
    """Let a client of RDS see what went wrong in the sandbox."""
    try:
        yield
    except Error as error:
        raise RDSClientError("SandboxFailure", str(error)) from error
