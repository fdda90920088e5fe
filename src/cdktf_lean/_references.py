"""Remembers references, so that reading one a second time asks nobody.

Stacks read the same `arn` or `id` of a resource many times. Every time is a message to the kernel and back, and the
kernel makes another token for the same reference. What a token stands for is settled with it.
"""

from jsii._kernel.types import GetRequest, GetResponse

from cdktf_lean._names import PREBUILT_ASSEMBLIES

__all__ = ["References"]

_TOKEN = "TfToken["  # noqa: S105 - not a secret: how cdktf writes a reference into a string
# Below it: cdktf writes a reference into the bits of a number, whose exponent it sets to its highest.
_NUMBERS = -1e280
_NODE = "constructs.Node@"
_SETTLED_IN_A_NODE = {"id", "path", "addr"}
# What is called on theirs changes how that object is referred to, at the most (`overrideLogicalId`), and no other.
_FRAMEWORK = ("cdktf.", "constructs.", PREBUILT_ASSEMBLIES)


class References:
    """What was read of which object: strings with tokens, a construct's node, and that node's place in the tree."""

    def __init__(self) -> None:
        self._responses: dict[str, dict[str, GetResponse]] = {}

    def find(self, request: GetRequest) -> GetResponse | None:
        """What the same request was answered with, if it is remembered."""
        return self._responses.get(request.objref.ref, {}).get(request.property)

    def keep(self, request: GetRequest, response: GetResponse) -> None:
        """Remember a response, if it cannot change but by a call or an assignment."""
        # What jsii's own hint leaves out: an overridden property is answered with a call back to Python.
        if isinstance(response, GetResponse) and _is_settled(request, response.value):
            self._responses.setdefault(request.objref.ref, {})[request.property] = response

    def forget(self, changed: str) -> None:
        """Before a call or an assignment, which may change any of it, or what is known of one object only.

        Args:
            changed: What is called or assigned to: a reference to an object, or the name of a class.
        """
        if changed.startswith(_FRAMEWORK):
            self._responses.pop(changed, None)
        else:
            self._responses.clear()


def _is_settled(request: GetRequest, value: object) -> bool:
    if request.objref.ref.startswith(_NODE):
        return request.property in _SETTLED_IN_A_NODE
    return _is_token(value) or str(getattr(value, "ref", "")).startswith(_NODE)


def _is_token(value: object) -> bool:
    match value:
        case str():
            return _TOKEN in value
        case [str() as only]:
            return _TOKEN in only
        case int() | float():
            return value < _NUMBERS
    return False
