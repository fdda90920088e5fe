"""Requests that are not waited for, since a name of ours can stand for what they bring: promise pipelining.

A constructor brings a new object, and an attribute of a resource brings a token. Both are opaque to Python, which only
hands them back to the kernel. So Python goes on with a name at once, and the kernel's side (`_preloaded/promises.js`)
puts what the name came to stand for in its place. The two then work at the same time, where they used to take turns.
"""

import functools
import itertools
import os
import re
import sys
import traceback
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any, Generic, TypeAlias, TypeVar

from jsii import _reference_map
from jsii._kernel.types import (
    CreateRequest,
    CreateResponse,
    GetRequest,
    GetResponse,
    InvokeRequest,
    InvokeResponse,
)

from cdktf_lean._names import PREBUILT_ASSEMBLIES

__all__ = ["Promise", "Promises", "Response"]

Response = TypeVar("Response")

_Place: TypeAlias = tuple[CodeType, int, dict[str, Any]]
"""Where a frame was: its code, which instruction of it, and its module's names."""

# How bindings name the attribute that is what the program gave, whether that is a token or not.
_AS_GIVEN = "Input"
# Whose strings are attributes of Terraform's; a provider's are what the program gave.
_REFERRED_TO = {"cdktf.TerraformResource", "cdktf.TerraformDataSource", "cdktf.ComplexObject"}
_STRING = {str, "builtins.str"}  # as bindings have it in a hint that was evaluated, and in one that was not
_BRING_NOTHING = {"addOverride"}  # of the methods that stacks call often
_NOT_THE_PROGRAM = re.compile(r"(cdktf|cdktf_lean|cdktf_cdktf_provider_\w+|constructs|jsii)(\.|$)")


@dataclass(frozen=True)
class Promise(Generic[Response]):
    """A name, and the response that has it in place of what the kernel will answer."""

    name: str
    response: Response


class Promises:
    """What can be promised, and what was.

    Args:
        allowed: Whether anything may be.
    """

    def __init__(self, *, allowed: bool) -> None:
        self._allowed = allowed
        self._own = os.urandom(8).hex()  # which nothing that a program says contains by chance
        self._numbers = itertools.count()
        self._places: dict[str, list[_Place]] = {}

    def object(self, request: CreateRequest) -> Promise[CreateResponse] | None:
        """What is promised of a constructor."""
        if request.overrides:
            # From now on the kernel may call back in the middle of a request, and wants an answer before the next.
            self._allowed = False
        if not self._allowed:
            return None
        name = self._name()
        return Promise(name, CreateResponse(ref=f"{request.fqn}@{name}"))

    def reference(self, request: GetRequest) -> Promise[GetResponse] | None:
        """What is promised of an attribute that the bindings declare as a string: a token."""
        if not self._allowed or request.property not in _references(request.objref.ref.rpartition("@")[0]):
            return None
        name = self._name()
        return Promise(name, GetResponse(value=f"${{TfToken[{name}]}}"))

    def nothing(self, request: InvokeRequest) -> Promise[InvokeResponse] | None:
        """What is promised of a method that brings nothing, and only changes the object: that it will be done."""
        if not self._allowed or request.method not in _BRING_NOTHING:
            return None
        return Promise(self._name("nothing"), InvokeResponse(result=None))

    def keep(self) -> None:
        """The kernel has answered: all that was promised before is kept."""
        self._places.clear()

    def note(self, name: str) -> str:
        """Where in the program something was promised that could not be kept."""
        places = [
            traceback.FrameSummary(code.co_filename, _line(code, instruction), code.co_name)
            for code, instruction, names in reversed(self._places[name])
            if not _NOT_THE_PROGRAM.match(names.get("__name__", ""))
        ]
        return (
            f"It was found later than it happened, which is here:\n{''.join(traceback.format_list(places))}"
        )

    def _name(self, kind: str = "promise") -> str:
        name = f"{kind}-{self._own}-{next(self._numbers)}"
        self._places[name] = _places(sys._getframe(2))
        return name


@functools.cache
def _references(kind: str) -> frozenset[str]:
    """Those attributes of a resource, or of a block in one, that the bindings have no value for but a token."""
    declaring = _reference_map._types.get(kind, object) if kind.startswith(PREBUILT_ASSEMBLIES) else object
    if not any(vars(base).get("__jsii_type__") in _REFERRED_TO for base in declaring.__mro__):
        return frozenset()
    declared = vars(declaring).values()
    getters = [member.fget for member in declared if hasattr(getattr(member, "fget", None), "__jsii_name__")]
    return frozenset(
        getter.__jsii_name__
        for getter in getters
        if getter.__annotations__.get("return") in _STRING and not getter.__jsii_name__.endswith(_AS_GIVEN)
    )


def _places(frame: FrameType | None) -> list[_Place]:
    # Which line that is takes long to find out, and is seldom asked for.
    places = []
    while frame:
        places.append((frame.f_code, frame.f_lasti, frame.f_globals))
        frame = frame.f_back
    return places


def _line(code: CodeType, instruction: int) -> int | None:
    lines = (line for start, end, line in code.co_lines() if start <= instruction < end)
    return next(lines, None)
