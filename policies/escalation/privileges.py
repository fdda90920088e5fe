"""Privileges that an attacker can gain, and the steps to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from policies.escalation.conditions import Context
from policies.escalation.inventory import Inventory, Role
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
    "Attacker",
    "Privilege",
    "Step",
    "Technique",
    "administrator_arn",
]

UNTAGGED: Context = {"aws:resourcetag/environment": None, "ec2:createaction": None}
"""The condition keys of a request about a resource without the environment's tag."""


class Privilege(NamedTuple):
    """A privilege that an attacker can gain.

    Args:
        name: The name, such as `database owner`, or the name of a role.
        principal: The principal that the attacker can then act as; None if the search ends here.
    """

    name: str
    principal: Principal | None = None


class Step(NamedTuple):
    """A step that gains a privilege.

    Args:
        by: The name of the role whose permission the step uses.
        how: The request, as text for findings.
        to: The privilege.
    """

    by: str
    how: str
    to: Privilege


@dataclass(frozen=True)
class Attacker:
    """An attacker who can act as several principals, and combines their permissions."""

    inventory: Inventory
    principals: tuple[Principal, ...]

    def who_can(self, action: str, resource: str | None, context: Context | None = None) -> str | None:
        """Return the name of a principal that may make a request, or None."""
        guard = self.inventory.guards.get((resource or "").partition("/")[0])
        for principal in self.principals:
            if principal.can(action, resource, context or {}, [guard] if guard else []):
                return principal.name
        return None

    def has(self, name: str) -> bool:
        """Return whether the attacker can act as a role."""
        return any(principal.name == name for principal in self.principals)

    def other_roles(self) -> Iterator[Role]:
        """Yield the roles that the attacker cannot act as yet."""
        yield from (role for role in self.inventory.roles.values() if not self.has(role.name))


Technique = Callable[[Attacker], Iterator[Step]]

ADMINISTRATOR = Privilege("account administrator")
OWNER = Privilege("database owner")
MASTER = Privilege("master secret")
DELIVERY = Privilege("change of a delivery role")
AUDIT = Privilege("end of the audit trail")
LOCKS = Privilege("removal of locked objects")
OTHERS = Privilege("resources of others")
MANIFEST = Privilege("change of the manifest")


def administrator_arn(inventory: Inventory, kind: str) -> str:
    """Return the ARN of a role, user or group of administrators, which does not belong to the environment."""
    return inventory.arn(f"arn:aws:iam::{{account}}:{kind}/Administrator")
