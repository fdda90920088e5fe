"""Checks types as generated code wants them checked, and does no work twice.

Generated constructors and methods check their arguments against the hints of a stub, which they resolve anew whenever
they are called: a quarter of the time that Python takes to build a stack. A stub's hints never change. (What jsii
generates since 1.140 keeps them as well.) And of most values, the type alone decides whether they pass.
"""

import functools
import typing
from collections.abc import Callable
from types import ModuleType, NoneType, SimpleNamespace
from typing import Any

__all__ = ["keep_type_hints"]

_PLAIN = {NoneType, bool, float, int, str}
_OPTIONAL = "typing.Optional["  # as generated code writes it, at the start of a hint


class _Hint:
    """One hint of a stub, evaluated when a value has to be compared with it."""

    def __init__(self, written: str, names: dict[str, Any]) -> None:
        self._written = written
        self._names = names
        self.optional = written.startswith(_OPTIONAL)
        """Whether it can be seen without evaluating it that nothing need be given."""

    @functools.cached_property
    def evaluated(self) -> Any:
        annotated = SimpleNamespace(__annotations__={"value": self._written})
        return typing.get_type_hints(annotated, self._names)["value"]


@functools.cache
def _hints(stub: Callable[..., None]) -> dict[str, Any]:
    names: dict[str, Any] = getattr(stub, "__globals__", {})
    if all(isinstance(hint, str) for hint in stub.__annotations__.values()):
        return {name: _Hint(written, names) for name, written in stub.__annotations__.items()}
    return typing.get_type_hints(stub)


class _Typing(ModuleType):
    """The module `typing`, with a memory for hints."""

    get_type_hints = staticmethod(_hints)

    def __getattr__(self, name: str) -> Any:
        return getattr(typing, name)


_TYPING = _Typing("typing")
vars(_TYPING).update((name, value) for name, value in vars(typing).items() if name not in vars(_Typing))


def keep_type_hints(module: ModuleType) -> None:
    """Have the functions of a generated module find their hints resolved, and what has passed before checked."""
    names = vars(module)
    if callable(check := names.get("check_type")):
        names["check_type"] = _checked_once(check)
        if names.get("typing") is typing:
            names["typing"] = _TYPING


def _checked_once(check: Callable[..., None]) -> Callable[..., None]:
    # By identity, since to hash a hint takes longer than anything else here; kept, so that no other takes its identity.
    passed: dict[tuple[type, int], Any] = {}

    @functools.wraps(check)
    def check_type(argname: str, value: object, expected_type: Any) -> None:
        kind = type(value)
        if (kind, id(expected_type)) in passed:
            return
        if isinstance(expected_type, _Hint):
            if value is None and expected_type.optional:
                return
            check(argname=argname, value=value, expected_type=expected_type.evaluated)
        else:
            check(argname=argname, value=value, expected_type=expected_type)
        if kind in _PLAIN or hasattr(kind, "__jsii_type__"):  # unlike a list, which depends on its items
            passed[kind, id(expected_type)] = expected_type

    return check_type
