"""Dependency order: a resource that names another one must be created after it.

Terraform orders resources by references and `depends_on` alone (Terraform documentation, "Resource Graph"). A name or
an ARN that stands in an argument as plain text gives no order: AWS may be asked for what does not exist yet, and on
destroy for what still uses it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.aws.arns import NAME_ARGUMENTS, arn_of, name_of
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation
from policies.stack import Resource, Stack

__all__ = ["POLICIES"]

_REFERENCE = re.compile(r"\b((?:data\.)?aws_\w+)\.([\w-]+)\b")
# What a name consists of: a match must not be a part of a longer one.
_NAME_CHARACTER = r"[A-Za-z0-9_-]"
# A name of at least two parts; single words could mean anything.
_COMPOUND = re.compile(r"(?=.{8,}).*[A-Za-z0-9][-_/.].*")
# Arguments that AWS stores without looking for what they name.
_FREE_TEXT = {"comment", "description", "tags", "tags_all"}
# Arguments that Terraform keeps to itself.
_OF_TERRAFORM = {"count", "lifecycle"}
# Of a policy statement AWS resolves principals only (IAM User Guide, "Troubleshoot IAM roles": a principal that does
# not exist is refused); actions, resources and conditions are patterns, compared when a request comes.
_RESOLVED_IN_STATEMENTS = ("Principal", "NotPrincipal")


def _unordered(stack: Stack) -> Iterator[Violation]:
    if isinstance(stack, PlannedStack):
        return  # values that Terraform worked out stand in place of the references that order resources
    by_name = _by_name(stack)
    before = {resource.id: _before(resource, stack) for resource in stack.elements}
    for resource in stack.elements:
        for argument, text in _arguments(resource):
            for named in _named_in(text, by_name, stack):
                others = [other for other in named if other.id != resource.id]
                if others and not any(other.id in before[resource.id] for other in others):
                    yield Violation(
                        resource,
                        f"{argument} names {others[0].path} as plain text, and nothing creates that one before",
                    )


def _by_name(stack: Stack) -> Mapping[str, list[Resource]]:
    """The resources by physical name; resources of different types may bear the same."""
    named: dict[str, list[Resource]] = {}
    for resource in stack.elements:
        name = name_of(resource)
        if name is not None and _COMPOUND.fullmatch(name):
            named.setdefault(name, []).append(resource)
    return named


def _arguments(resource: Resource) -> Iterator[tuple[str, str]]:
    if "count" in resource.attributes:
        return  # a data source that is read only if what it names exists
    own_name = NAME_ARGUMENTS.get(resource.kind)
    for argument, value in resource.attributes.items():
        if argument != own_name and argument not in _FREE_TEXT | _OF_TERRAFORM:
            yield argument, json.dumps(_resolved_part(value))


def _resolved_part(value: Any) -> Any:
    """The value without what AWS takes for a pattern."""
    document = _document(value)
    if document is None or "Statement" not in document:
        return value
    found = document["Statement"]
    return [
        {key: statement[key] for key in _RESOLVED_IN_STATEMENTS if key in statement}
        for statement in (found if isinstance(found, list) else [found])
    ]


def _document(value: Any) -> Mapping[str, Any] | None:
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(value)
    except ValueError:
        return None
    return document if isinstance(document, Mapping) else None


def _named_in(text: str, by_name: Mapping[str, list[Resource]], stack: Stack) -> Iterator[list[Resource]]:
    """What a text names: for each name in it the resources that it can mean."""
    for name, resources in by_name.items():
        if name not in text:
            continue
        if re.search(rf"(?<!{_NAME_CHARACTER}){re.escape(name)}(?!{_NAME_CHARACTER})", text):
            yield [one for one in resources if (arn_of(one, stack) or name) in text] or resources


def _before(resource: Resource, stack: Stack) -> frozenset[str]:
    """The ids of everything that Terraform creates before a resource."""
    found: set[str] = set()
    pending = [resource]
    while pending:
        for _, logical_id in _REFERENCE.findall(json.dumps(dict(pending.pop().attributes))):
            other = stack.by_id.get(logical_id)
            if other is not None and other.id not in found:
                found.add(other.id)
                pending.append(other)
    return frozenset(found)


POLICIES = (
    Policy(
        "dependency-order",
        "What an argument names is created before",
        "refer to the other construct's `.resource` instead of building its name or ARN, or add `depends_on`",
        _unordered,
    ),
)
