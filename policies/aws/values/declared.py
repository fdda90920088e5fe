"""Resources of a stack with the values that Terraform would send to AWS: expressions evaluated, default tags added."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.aws.arns import NAME_ARGUMENTS
from policies.aws.values.computed import References
from policies.aws.values.counterparts import COUNTERPARTS, TERRAFORM_ONLY, Counterpart
from policies.aws.values.expressions import evaluate
from policies.extensions import declared_types
from policies.stack import Resource, Stack

__all__ = ["Declared", "declared_resources"]


class Declared(NamedTuple):
    """A resource whose type has a counterpart.

    Args:
        resource: The resource.
        counterpart: The counterpart of its type.
        arguments: The arguments with expressions evaluated, without those that are not sent to AWS.
        default_tags: The tags that the provider adds to types with tags.
        id: The id that AWS assigns.
    """

    resource: Resource
    counterpart: Counterpart
    arguments: Mapping[str, Any]
    default_tags: Mapping[str, str]
    id: str


def declared_resources(stack: Stack, references: References) -> Iterator[Declared]:
    """Yield the resources of a stack whose type has a counterpart, without data sources."""
    tags = _default_tags(stack)
    counterparts = _counterparts(stack)
    for kind, bodies in stack.document.get("resource", {}).items():
        counterpart = counterparts.get(kind)
        if counterpart is None:
            continue
        for logical_id in bodies:
            resource = stack.by_id[logical_id]
            arguments = _arguments(resource, references, counterpart)
            yield Declared(resource, counterpart, arguments, tags, str(references(kind, logical_id, "id")))


def _counterparts(stack: Stack) -> Mapping[str, Counterpart]:
    own = {
        kind: Counterpart(cloudformation=declared.cloudformation, operations=declared.operations)
        for kind, declared in declared_types(stack.document).items()
    }
    return {**own, **COUNTERPARTS}


def _arguments(resource: Resource, references: References, counterpart: Counterpart) -> dict[str, Any]:
    arguments = {
        argument: evaluate(value, references)
        for argument, value in resource.attributes.items()
        if argument not in TERRAFORM_ONLY
    }
    name = NAME_ARGUMENTS.get(resource.kind, "name")
    if f"{name}_prefix" in arguments:
        del arguments[f"{name}_prefix"]
        arguments[name] = references.physical_name(resource)
    return counterpart.adapt(arguments)


def _default_tags(stack: Stack) -> Mapping[str, str]:
    return {
        key: value
        for block in stack.provider.get("default_tags", [])
        for key, value in block.get("tags", {}).items()
    }
