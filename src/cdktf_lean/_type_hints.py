"""Type checks of generated code, without repeated work.

Generated constructors and methods check their arguments against the annotations of a stub, which they evaluate again at
every call: one third of the time that Python takes to build a stack. The annotations of a stub never change, so they
are evaluated once. For most values the type alone decides the check, so it runs once per type and hint.
(jsii 1.140 and newer generate code that keeps the hints itself.)
"""

import functools
import typing
from collections.abc import Callable
from types import ModuleType, NoneType
from typing import Any

__all__ = ["remember_type_hints"]

_PLAIN = {NoneType, bool, float, int, str}


def remember_type_hints(module: ModuleType) -> None:
    """Evaluate the hints of a generated module once, and check each type once per hint."""
    names = vars(module)
    if callable(check := names.get("check_type")):
        names["check_type"] = _remember_passed(check)
        if names.get("typing") is typing:
            cached = ModuleType("typing")
            vars(cached).update(vars(typing), get_type_hints=functools.cache(typing.get_type_hints))
            names["typing"] = cached


def _remember_passed(check: Callable[..., None]) -> Callable[..., None]:
    # By identity, because hashing a hint takes longer than the rest. The hint is kept, so its identity is not reused.
    passed: dict[tuple[type, int], Any] = {}

    @functools.wraps(check)
    def check_type(argname: str, value: object, expected_type: Any) -> None:
        kind = type(value)
        if (kind, id(expected_type)) in passed:
            return
        check(argname=argname, value=value, expected_type=expected_type)
        if kind in _PLAIN or hasattr(kind, "__jsii_type__"):  # a list is different: its items decide
            passed[kind, id(expected_type)] = expected_type

    return check_type
