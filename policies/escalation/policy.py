"""Paths that must not exist: from the roles of people, jobs and workflows to the owner, the account and the audit."""

from collections.abc import Iterator, Mapping

from policies.escalation.estate import Estate, Role
from policies.escalation.powers import (
    ADMINISTRATOR,
    AUDIT,
    DELIVERY,
    LOCKS,
    MANIFEST,
    MASTER,
    OTHERS,
    OWNER,
)
from policies.escalation.search import reach_of
from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES", "forbidden"]

_EVERYONE = frozenset({ADMINISTRATOR.name, DELIVERY.name, AUDIT.name, LOCKS.name, OTHERS.name})
_ALL = _EVERYONE | {OWNER.name, MASTER.name, MANIFEST.name, "ci-deploy", "migration"}
# What a role may come to although others may not: it is what the role is for.
_MEANT: Mapping[str, frozenset[str]] = {
    # It runs the migrations of the release that it deploys, and writes what the release exposes.
    "ci-deploy": frozenset({OWNER.name, MASTER.name, MANIFEST.name, "migration"}),
    "migration": frozenset({OWNER.name, MASTER.name}),
}


def forbidden(role: str) -> frozenset[str]:
    """Return the names of the powers that a role must not come to."""
    return _ALL - _MEANT.get(role, frozenset())


def _paths(stack: Stack) -> Iterator[Violation]:
    estate = Estate(stack)
    for role in estate.roles.values():
        reach = reach_of(role, estate)
        for power in sorted((forbidden(role.name) | _writers(role, estate)) & reach.steps.keys()):
            path = "; ".join(f"{step.by} {step.how}" for step in reach.path(power))
            more = len(reach.others.get(power, ()))
            also = f"; and {more} more ways, see `python -m policies.escalation`" if more else ""
            yield Violation(role.resource, f"{role.name} can come to {power}: {path}{also}")


def _writers(role: Role, estate: Estate) -> frozenset[str]:
    """Return the roles that write runs, for a scientist who may only read (`access.scientists_write = false`)."""
    if role.name != "scientist" or role.principal.can("rds-db:connect", estate.writer, {}):
        return frozenset()
    return frozenset(
        one.name for one in estate.roles.values() if one.principal.can("rds-db:connect", estate.writer, {})
    )


POLICIES = (
    Policy(
        "escalation-path",
        "No role leads to the database's owner, to deployment, to the account or out of the audit",
        "take out one step of the path: narrow the grant, the trust or the boundary that it names",
        _paths,
    ),
)
