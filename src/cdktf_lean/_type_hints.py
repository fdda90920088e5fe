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


def keep_type_hints(module: ModuleType) -> None:
    """Have the functions of a generated module find their hints resolved, and what has passed before checked."""
    names = vars(module)
    if callable(check := names.get("check_type")):
        names["check_type"] = _checked_once(check)
        if names.get("typing") is typing:
            names["typing"] = _typing_for(names)


def _typing_for(names: dict[str, Any]) -> ModuleType:
    """The module `typing`, but that it remembers the hints of a module's stubs, by what is written there."""
    hints: dict[str, _Hint] = {}

    @functools.cache
    def get_type_hints(stub: Callable[..., None]) -> dict[str, Any]:
        written = stub.__annotations__
        if not all(isinstance(hint, str) for hint in written.values()):
            return typing.get_type_hints(stub)
        for hint in written.values():
            if hint not in hints:
                hints[hint] = _Hint(hint, names)
        return {name: hints[hint] for name, hint in written.items()}

    module = ModuleType("typing")
    vars(module).update(vars(typing), get_type_hints=get_type_hints)
    return module


def _checked_once(check: Callable[..., None]) -> Callable[..., None]:
    # By identity, since to hash a hint takes longer than anything else here; kept, so that no other takes its identity.
    passed: dict[tuple[type, int], Any] = {}

    @functools.wraps(check)
    def check_type(argname: str, value: object, expected_type: Any) -> None:
        kind = type(value)
        if (kind, id(expected_type)) in passed:
            return
        hint = expected_type
        if isinstance(hint, _Hint):
            if value is None and hint.optional:
                return
            hint = hint.evaluated
        check(argname=argname, value=value, expected_type=hint)
        if kind in _PLAIN or hasattr(kind, "__jsii_type__"):  # unlike a list, which depends on its items
            passed[kind, id(expected_type)] = expected_type

    return check_type
