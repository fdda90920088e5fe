"""Policy `dependency-order`: a resource that names another one must be created after it.

Terraform orders resources by references and `depends_on` only (Terraform documentation, "Resource Graph"). A name or
an ARN as plain text in an argument gives no order: Terraform may create the resource before the named one exists, and
destroy the named one while it is still in use.
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
# A match must not be a part of a longer name.
_NAME_CHARACTER = r"[A-Za-z0-9_-]"
# A name of at least two parts; a single word is too ambiguous.
_COMPOUND = re.compile(r"(?=.{8,}).*[A-Za-z0-9][-_/.].*")
# Arguments whose text AWS only stores.
_FREE_TEXT = {"comment", "description", "tags", "tags_all"}
# Arguments that Terraform does not send.
_OF_TERRAFORM = {"count", "lifecycle"}
# AWS resolves only the principals of a policy statement (IAM User Guide, "Troubleshoot IAM roles": a principal that
# does not exist is refused). Actions, resources and conditions are patterns, which are compared with requests later.
_RESOLVED_IN_STATEMENTS = ("Principal", "NotPrincipal")


def _unordered(stack: Stack) -> Iterator[Violation]:
    if isinstance(stack, PlannedStack):
        return  # planned values replace the references that order resources
    by_name = _by_name(stack)
    before = {resource.id: _before(resource, stack) for resource in stack.elements}
    for resource in stack.elements:
        for argument, text in _arguments(resource):
            for named in _named_in(text, by_name, stack):
                others = [other for other in named if other.id != resource.id]
                if others and not any(other.id in before[resource.id] for other in others):
                    yield Violation(
                        resource,
                        f"{argument} names {others[0].path} as plain text, so that it may be created before it",
                    )


def _by_name(stack: Stack) -> Mapping[str, list[Resource]]:
    """Return the resources by physical name; resources of different types may have the same name."""
    named: dict[str, list[Resource]] = {}
    for resource in stack.elements:
        name = name_of(resource)
        if name is not None and _COMPOUND.fullmatch(name):
            named.setdefault(name, []).append(resource)
    return named


def _arguments(resource: Resource) -> Iterator[tuple[str, str]]:
    if "count" in resource.attributes:
        return  # a data source that is read only if the named resource exists
    own_name = NAME_ARGUMENTS.get(resource.kind)
    for argument, value in resource.attributes.items():
        if argument != own_name and argument not in _FREE_TEXT | _OF_TERRAFORM:
            yield argument, json.dumps(_resolved_part(value))


def _resolved_part(value: Any) -> Any:
    """Return the part of an argument that AWS resolves: of policies the principals, of other values everything."""
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
    """Yield for each physical name in a text the resources that it can mean."""
    for name, resources in by_name.items():
        if name not in text:
            continue
        if re.search(rf"(?<!{_NAME_CHARACTER}){re.escape(name)}(?!{_NAME_CHARACTER})", text):
            yield [one for one in resources if (arn_of(one, stack) or name) in text] or resources


def _before(resource: Resource, stack: Stack) -> frozenset[str]:
    """Return the ids of all resources that Terraform creates before a resource."""
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
        "A resource is created after the resources that its arguments name",
        "refer to the other construct's `.resource` instead of building its name or ARN, or add `depends_on`",
        _unordered,
    ),
)
