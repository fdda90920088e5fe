"""Policy `escalation-path`: privileges that the roles of people, jobs and workflows must not gain."""

from collections.abc import Iterator, Mapping

from policies.escalation.inventory import Inventory, Role
from policies.escalation.privileges import (
    ADMINISTRATOR,
    AUDIT,
    DELIVERY,
    LOCKS,
    MANIFEST,
    MASTER,
    OTHERS,
    OWNER,
)
from policies.escalation.reach import reach_of
from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES", "forbidden"]

_EVERYONE = frozenset({ADMINISTRATOR.name, DELIVERY.name, AUDIT.name, LOCKS.name, OTHERS.name})
_ALL = _EVERYONE | {OWNER.name, MASTER.name, MANIFEST.name, "ci-deploy", "migration"}
# Privileges that a role needs for its purpose, although others must not gain them.
_INTENDED: Mapping[str, frozenset[str]] = {
    # It runs the migrations of the release that it deploys, and writes the manifest.
    "ci-deploy": frozenset({OWNER.name, MASTER.name, MANIFEST.name, "migration"}),
    "migration": frozenset({OWNER.name, MASTER.name}),
}


def forbidden(role: str) -> frozenset[str]:
    """Return the names of the privileges that a role must not gain."""
    return _ALL - _INTENDED.get(role, frozenset())


def _paths(stack: Stack) -> Iterator[Violation]:
    inventory = Inventory(stack)
    for role in inventory.roles.values():
        reach = reach_of(role, inventory)
        for privilege in sorted((forbidden(role.name) | _writers(role, inventory)) & reach.steps.keys()):
            path = "; ".join(f"{step.by} {step.how}" for step in reach.path(privilege))
            more = len(reach.others.get(privilege, ()))
            also = f"; and {more} more ways, see `python -m policies.escalation`" if more else ""
            yield Violation(role.resource, f"{role.name} can gain the privilege '{privilege}': {path}{also}")


def _writers(role: Role, inventory: Inventory) -> frozenset[str]:
    """Return the roles that can write runs, if scientists may only read (`access.scientists_write = false`)."""
    if role.name != "scientist" or role.principal.can("rds-db:connect", inventory.writer, {}):
        return frozenset()
    return frozenset(
        one.name
        for one in inventory.roles.values()
        if one.principal.can("rds-db:connect", inventory.writer, {})
    )


POLICIES = (
    Policy(
        "escalation-path",
        "No role can become the database's owner or an administrator, change the delivery roles or stop the audit",
        "remove one step of the path: restrict the grant, the trust policy or the boundary in it",
        _paths,
    ),
)
