"""Resolves the type hints of generated code once, instead of at every call.

Generated constructors and methods check their arguments against the hints of a stub, which they resolve anew whenever
they are called: a quarter of the time that Python takes to build a stack. A stub's hints never change. (What jsii
generates since 1.140 keeps them as well.)
"""

import functools
import typing
from types import ModuleType
from typing import Any

__all__ = ["keep_type_hints"]


class _Typing(ModuleType):
    """The module `typing`, with a memory for hints."""

    get_type_hints = staticmethod(functools.cache(typing.get_type_hints))

    def __getattr__(self, name: str) -> Any:
        return getattr(typing, name)


_TYPING = _Typing("typing")


def keep_type_hints(module: ModuleType) -> None:
    """Have the functions of a generated module find their hints resolved, from the second call on."""
    if vars(module).get("typing") is typing:
        vars(module)["typing"] = _TYPING
