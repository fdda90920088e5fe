"""Requests that are not waited for, since a name of ours can stand for what they bring: promise pipelining.

A constructor brings a new object, and an attribute of a resource brings a token. Both are opaque to Python, which only
hands them back to the kernel. So Python goes on with a name at once, and the kernel's side (`_promises.js`) puts what
the name came to stand for in its place. The two then work at the same time, where they used to take turns.
"""

import itertools
import os
import re
import sys
import traceback
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Generic, TypeVar

from jsii._kernel.types import CreateRequest, CreateResponse, GetRequest, GetResponse

__all__ = ["Promise", "Promises", "Response"]

Response = TypeVar("Response")

_RESOURCES = "@cdktf/provider-"
_AS_GIVEN = (
    "Input"  # how bindings name the attribute that is what the program gave, whether that is a token or not
)
_TOKEN = re.compile(r"\$\{TfToken\[[^\]]+\]\}")
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
        self._prefix = (
            f"promise-{os.urandom(8).hex()}"  # which nothing that a program says contains by chance
        )
        self._numbers = itertools.count()
        self._references: set[tuple[str, str]] = set()
        self._places: dict[str, list[tuple[CodeType, int]]] = {}

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
        """What is promised of an attribute: a token, once it was one of another resource of that type."""
        if not self._allowed or _attribute(request) not in self._references:
            return None
        name = self._name()
        return Promise(name, GetResponse(value=f"${{TfToken[{name}]}}"))

    def learn(self, request: GetRequest, response: GetResponse) -> None:
        """Take notice of an attribute that is a token."""
        value = getattr(response, "value", None)  # a property in Python is answered with a call back
        if (
            request.objref.ref.startswith(_RESOURCES)
            and not request.property.endswith(_AS_GIVEN)
            and isinstance(value, str)
            and _TOKEN.fullmatch(value)
        ):
            self._references.add(_attribute(request))

    def keep(self) -> None:
        """The kernel has answered: all that was promised before is kept."""
        self._places.clear()

    def note(self, name: str) -> str:
        """Where in the program something was promised that could not be kept."""
        places = [
            traceback.FrameSummary(code.co_filename, line, code.co_name)
            for code, line in reversed(self._places[name])
        ]
        return (
            f"It was found later than it happened, which is here:\n{''.join(traceback.format_list(places))}"
        )

    def _name(self) -> str:
        name = f"{self._prefix}-{next(self._numbers)}"
        self._places[name] = _places(sys._getframe(2))
        return name


def _attribute(request: GetRequest) -> tuple[str, str]:
    return request.objref.ref.rpartition("@")[0], request.property


def _places(frame: FrameType | None) -> list[tuple[CodeType, int]]:
    places = []
    while frame:
        if not _NOT_THE_PROGRAM.match(frame.f_globals.get("__name__", "")):
            places.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return places
