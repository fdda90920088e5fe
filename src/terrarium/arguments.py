"""Checks of the arguments of public functions: types, text that can be stored, ranges, times.

`checked` and `checked_methods` compare arguments with the annotations of a function. A wrong argument is refused by its
name before the function runs, and not later by a library.
"""

import functools
import inspect
import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any, ParamSpec, TypeVar

from terrarium.annotations import hints_of
from terrarium.argument_checks import Between, described, problem_of
from terrarium.errors import ArgumentError, Error

__all__ = ["Between", "Count", "Days", "Seconds", "Seed", "checked", "checked_methods"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_C = TypeVar("_C", bound=type)

Count = Annotated[int, Between(1, 2**31 - 1)]
"""A count, in the range of PostgreSQL, botocore and Python's `islice`."""

Days = Annotated[timedelta, Between(0, 36_500 * 86_400)]
"""An age of at most 100 years, because there are no dates before the year 1."""


Seconds = Annotated[float, Between(0, math.inf)]
"""A duration in seconds, without NaN, which compares to nothing."""

Seed = Annotated[int, Between(-(2**63), 2**64 - 1)]
"""A seed in the range of NumPy and PyTorch."""


def checked(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Check the arguments of each call of `function` against its annotations.

    Raises:
        ArgumentError: In a call: an argument has another type, is out of range, or is text that cannot be stored.
    """

    @functools.cache  # at the first call, to keep imports fast
    def signature() -> tuple[inspect.Signature, Mapping[str, Any]]:
        found = inspect.signature(function)
        return found, hints_of(function, found)

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        expected, hints = signature()
        try:
            bound = expected.bind(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)  # raises Python's own error about the signature
        _check(function.__qualname__, bound, hints)
        with _explained(function):
            returned = function(*args, **kwargs)
        return _explained_items(function, returned) if isinstance(returned, Generator) else returned

    return call


def checked_methods(cls: _C) -> _C:
    """Check the arguments of every public method of a class, as `checked` does."""
    for name, member in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if inspect.isfunction(member):
            setattr(cls, name, checked(member))
        elif isinstance(member, classmethod | staticmethod):
            setattr(cls, name, type(member)(checked(member.__func__)))
    return cls


def _check(function: str, bound: inspect.BoundArguments, hints: Mapping[str, Any]) -> None:
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            values: Iterable[Any] = value
        elif kind is inspect.Parameter.VAR_KEYWORD:
            values = value.values()
        else:
            values = (value,)
        hint = hints.get(name, Any)
        for one in values:
            problem = problem_of(one, hint)
            if problem is not None:
                raise ArgumentError(
                    f"{function}: argument {name!r} {problem}",
                    remedy=f"pass {described(hint)}; see help(...) of {function}",
                )


@contextmanager
def _explained(function: Callable[..., Any]) -> Iterator[None]:
    """Raise errors of boto3, MLflow and SQLAlchemy as errors of Terrarium."""
    try:
        yield
    except Error:
        raise
    except Exception as error:
        from terrarium.library_errors import explanation_of

        explanation = explanation_of(error, f"finish {function.__qualname__}")
        if explanation is None:
            raise
        raise explanation from error


def _explained_items(function: Callable[..., Any], items: Generator[Any, Any, Any]) -> Any:
    with _explained(function):
        yield from items
