"""Grants of each role: whether its policies together allow an action, directly or through a service."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from policies.aws.arns import with_arns
from policies.aws.service_authorization import Action, actions_matching, glob
from policies.stack import Resource, Stack
from policies.statements import held_statements, listed

__all__ = ["Grant", "RoleGrants", "role_grants"]

_ENCRYPTION_CONTEXT = "kms:encryptioncontext:"


class Grant(NamedTuple):
    """A statement that allows an action.

    Args:
        sid: The id of the statement.
        resources: The resources, as patterns.
        conditions: The conditions of the statement.
        exact: Whether the statement names the action without a wildcard.
    """

    sid: str
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Any]]
    exact: bool

    def holds_for(self, service: str) -> bool:
        """Return whether the conditions about KMS allow a call through a service, such as `rds`."""
        for operator, test in self.conditions.items():
            if operator.endswith("IfExists"):
                continue
            for key, value in test.items():
                if key.lower() == "kms:viaservice" and not any(
                    one.partition(".")[0] in {service, "*"} for one in listed(value)
                ):
                    return False
                if key.lower().startswith(_ENCRYPTION_CONTEXT) and f":aws:{service}:" not in key.lower():
                    return False
        return True


class RoleGrants(NamedTuple):
    """A role, and its grants by action name."""

    role: Resource
    by_action: Mapping[str, tuple[Grant, ...]]

    @property
    def exact_actions(self) -> Iterator[Action]:
        """The actions that a statement names without a wildcard, and so grants on purpose."""
        for name, grants in self.by_action.items():
            if any(grant.exact for grant in grants):
                yield from actions_matching(name)

    def allows(self, action: str, *, service: str) -> bool:
        """Return whether the role may call an action, itself or through a service such as `rds`."""
        return any(grant.holds_for(service) for grant in self.by_action.get(action, ()))

    def allows_on(self, action: Action, arn: str) -> bool:
        """Return whether a grant of an action covers a resource."""
        return any(
            glob(pattern)(arn) for grant in self.by_action.get(action.name, ()) for pattern in grant.resources
        )


def role_grants(stack: Stack) -> Iterator[RoleGrants]:
    """Yield each role of a stack with its grants."""
    by_role: dict[str, tuple[Resource, dict[str, list[Grant]]]] = {}
    for held in held_statements(stack):
        if held.statement.get("Effect") != "Allow":
            continue
        _, granted = by_role.setdefault(held.role.id, (held.role, defaultdict(list)))
        statement = with_arns(held.statement, stack)
        for pattern in listed(statement.get("Action")):
            grant = Grant(
                str(statement.get("Sid", "")),
                tuple(listed(statement.get("Resource"))),
                statement.get("Condition", {}),
                exact="*" not in pattern and "?" not in pattern,
            )
            for action in actions_matching(pattern):
                granted[action.name].append(grant)
    for role, granted in by_role.values():
        yield RoleGrants(role, {name: tuple(grants) for name, grants in granted.items()})
