"""A scalar function in Python, and its failure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

__all__ = ["FunctionFailure", "ScalarFunction", "fail"]


class FunctionFailure(Exception):  # noqa: N818 - an expected failure of the function
    """The failure of a function. The engine forwards its text, which `engine_errors` parses."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"TRINO[{code}]{message}")


@dataclass(frozen=True)
class ScalarFunction:
    """A function that the engine calls. No argument is NULL.

    Args:
        call: The function.
        parameters: The types of its parameters.
        returns: The type of its result; None means NULL.
    """

    call: Callable[..., Any]
    parameters: tuple[str, ...]
    returns: str


def fail(code: str, message: str) -> NoReturn:
    """Raise the failure with an error code of Trino."""
    raise FunctionFailure(code, message)
