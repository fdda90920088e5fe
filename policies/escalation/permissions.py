"""Decision whether a role may make a request, by its policies, its boundary and the policies of the resource.

Unknown conditions count in favor of the attacker: an `Allow` whose condition may hold allows, and a `Deny` whose
condition may not hold does not deny. Source: IAM User Guide, "Policy evaluation logic".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from policies.aws.service_authorization import glob
from policies.escalation.conditions import Context, holds, with_wildcards
from policies.statements import listed

__all__ = ["Document", "Principal"]


@dataclass(frozen=True)
class Document:
    """The statements of one or more policies."""

    statements: tuple[Mapping[str, Any], ...]

    def allows(self, action: str, resource: str | None, context: Context) -> bool:
        """Return whether a statement may allow the action on a resource; `None` stands for any one resource."""
        return any(
            _covers(one, resource) and holds(one.get("Condition", {}), context) is not False
            for one in self._about(action)
            if one.get("Effect") == "Allow"
        )

    def denies(self, action: str, resource: str | None, context: Context) -> bool:
        """Return whether a statement certainly denies the action on a resource."""
        return any(
            _covers(one, resource, certainly=True) and holds(one.get("Condition", {}), context) is True
            for one in self._about(action)
            if one.get("Effect") == "Deny"
        )

    def _about(self, action: str) -> tuple[Mapping[str, Any], ...]:
        if action not in self._by_action:
            self._by_action[action] = tuple(one for one in self.statements if _names(one, action))
        return self._by_action[action]

    @cached_property
    def _by_action(self) -> dict[str, tuple[Mapping[str, Any], ...]]:
        return {}  # the search checks the same few actions thousands of times


@dataclass(frozen=True)
class Principal:
    """A principal that makes requests: a role, or a hypothetical role with all permissions that a boundary allows.

    Args:
        name: The name in findings, such as `scientist`.
        arn: The ARN in its requests.
        policies: The statements of its policies.
        boundary: The statements of its permissions boundary; None without one.
    """

    name: str
    arn: str
    policies: Document
    boundary: Document | None

    def can(
        self, action: str, resource: str | None, context: Context, guards: Iterable[Document] = ()
    ) -> bool:
        """Return whether a request may succeed.

        Args:
            action: An action, such as `iam:PassRole`.
            resource: An ARN; None stands for any one resource.
            context: The known condition keys of the request.
            guards: The policies of the resource. Only their `Deny` statements count.
        """
        known = {"aws:principalarn": self.arn, **context}
        if not self.policies.allows(action, resource, known):
            return False
        if self.boundary is not None and not self.boundary.allows(action, resource, known):
            return False
        documents = [self.policies, *([self.boundary] if self.boundary else []), *guards]
        return not any(document.denies(action, resource, known) for document in documents)


def _names(statement: Mapping[str, Any], action: str) -> bool:
    patterns = listed(statement.get("Action", statement.get("NotAction")))
    return any(glob(one, ignore_case=True)(action) for one in patterns) == ("Action" in statement)


def _covers(statement: Mapping[str, Any], resource: str | None, *, certainly: bool = False) -> bool:
    if resource is None:
        return not certainly or listed(statement.get("Resource")) == ["*"]
    if "NotResource" in statement:
        return not any(
            _matches(one, resource, certainly=not certainly) for one in listed(statement["NotResource"])
        )
    return any(_matches(one, resource, certainly=certainly) for one in listed(statement.get("Resource", "*")))


def _matches(pattern: str, resource: str, *, certainly: bool) -> bool:
    if "${" in pattern:  # a policy variable, or a reference that is not known before the deployment
        return not certainly and glob(with_wildcards(pattern))(resource)
    return glob(pattern)(resource)
