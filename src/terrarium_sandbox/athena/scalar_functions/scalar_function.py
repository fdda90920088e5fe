"""A scalar function in Python, and how it fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

__all__ = ["FunctionFailure", "ScalarFunction", "fail"]


class FunctionFailure(Exception):  # noqa: N818 - a function fails, by design
    """A function cannot be computed; the engine passes the text on, which `engine_errors` reads."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"TRINO[{code}]{message}")


@dataclass(frozen=True)
class ScalarFunction:
    """A function that the engine calls with values, none of them NULL.

    Args:
        call: The function.
        parameters: Types of its parameters.
        returns: Type of its result; None is NULL.
    """

    call: Callable[..., Any]
    parameters: tuple[str, ...]
    returns: str


def fail(code: str, message: str) -> NoReturn:
    """Fail with one of Trino's error codes."""
    raise FunctionFailure(code, message)
