"""Powers that somebody can come to, and what it takes to use them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from policies.escalation.conditions import Context
from policies.escalation.estate import Estate, Role
from policies.escalation.permissions import Principal

__all__ = [
    "ADMINISTRATOR",
    "AUDIT",
    "DELIVERY",
    "LOCKS",
    "MANIFEST",
    "MASTER",
    "OTHERS",
    "OWNER",
    "UNTAGGED",
    "Gained",
    "Power",
    "Step",
    "Technique",
    "outside",
]

UNTAGGED: Context = {"aws:resourcetag/environment": None, "ec2:createaction": None}
"""What is known of a request about a resource without the environment's tag."""


class Power(NamedTuple):
    """Something to reach.

    Args:
        name: Such as `database owner`, or the name of a role.
        principal: What one may do with it; None where it is the end.
    """

    name: str
    principal: Principal | None = None


class Step(NamedTuple):
    """A way to a power.

    Args:
        by: The name of the role whose permission it takes.
        how: What is done, as a finding shows it.
        to: The power.
    """

    by: str
    how: str
    to: Power


@dataclass(frozen=True)
class Gained:
    """The principals that somebody can act as, used together."""

    estate: Estate
    principals: tuple[Principal, ...]

    def who_can(self, action: str, resource: str | None, context: Context | None = None) -> str | None:
        """Return the name of a principal that may make a request, if there is one."""
        guard = self.estate.guards.get((resource or "").partition("/")[0])
        for principal in self.principals:
            if principal.can(action, resource, context or {}, [guard] if guard else []):
                return principal.name
        return None

    def has(self, name: str) -> bool:
        """Return whether it is possible to act as a role."""
        return any(principal.name == name for principal in self.principals)

    def other_roles(self) -> Iterator[Role]:
        """Return the roles that are not gained yet."""
        yield from (role for role in self.estate.roles.values() if not self.has(role.name))


Technique = Callable[[Gained], Iterator[Step]]

ADMINISTRATOR = Power("account administrator")
OWNER = Power("database owner")
MASTER = Power("master secret")
DELIVERY = Power("change of a delivery role")
AUDIT = Power("end of the audit trail")
LOCKS = Power("removal of locked objects")
OTHERS = Power("resources of others")
MANIFEST = Power("change of the manifest")


def outside(estate: Estate, kind: str) -> str:
    """Return the ARN of an administrator's role, user or group: nothing of the environment."""
    return f"arn:aws:iam::{estate.account}:{kind}/Administrator"
