"""Stack that only imports: a copy of a synthesized stack in which nothing but the state can change."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

__all__ = ["import_stack", "without_dangling"]

_ORDER: Final = "create_before_destroy"  # which the state contains
_REFERENCE: Final = re.compile(r"\b(aws_\w+\.[\w-]+)")


def import_stack(
    stack: Mapping[str, Any], imports: Mapping[str, str], *, deployed: Iterable[str]
) -> dict[str, Any]:
    """Return the stack with import blocks, in which Terraform plans no other change.

    It ignores the differences between the account and the arguments of every resource, and it has only resources that
    are deployed or imported, so that none is created. A resource that refers to one that is left out is left out, too.

    Args:
        stack: The synthesized stack.
        imports: The import id of each resource to import, by address.
        deployed: The addresses of the resources in the state.
    """
    kept = without_dangling(stack, {*imports, *deployed})
    resources: dict[str, dict[str, Any]] = {}
    for kind, name, body in _resources(stack):
        if f"{kind}.{name}" in kept:
            order = {key: value for key, value in body.get("lifecycle", {}).items() if key == _ORDER}
            resources.setdefault(kind, {})[name] = {**body, "lifecycle": {**order, "ignore_changes": "all"}}
    return {
        **{key: value for key, value in stack.items() if key not in ("output", "removed")},
        "resource": resources,
        "import": [{"to": address, "id": imports[address]} for address in imports if address in kept],
    }


def without_dangling(stack: Mapping[str, Any], wanted: set[str]) -> set[str]:
    """Return the wanted addresses, without those of resources that refer to others, directly or indirectly."""
    references = {
        f"{kind}.{name}": set(_REFERENCE.findall(json.dumps({**body, "//": None})))
        for kind, name, body in _resources(stack)
    }
    kept = wanted & references.keys()
    while True:
        missing = references.keys() - kept
        dangling = {address for address in kept if references[address] & missing}
        if not dangling:
            return kept
        kept -= dangling


def _resources(stack: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(kind, name, body) for kind, named in stack["resource"].items() for name, body in named.items()]
