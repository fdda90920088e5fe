"""Techniques with policies, permissions boundaries, new roles and users."""

from collections.abc import Iterator

from policies.escalation.inventory import Inventory, Role
from policies.escalation.permissions import Principal
from policies.escalation.privileges import (
    ADMINISTRATOR,
    UNTAGGED,
    Attacker,
    Privilege,
    Step,
    administrator_arn,
)

__all__ = ["attach_policies", "change_user", "create_role", "escape_boundary"]

_ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
_USER_ACTIONS = (
    "AddUserToGroup",
    "AttachGroupPolicy",
    "AttachUserPolicy",
    "CreateAccessKey",
    "CreateLoginProfile",
    "CreateUser",
    "PutGroupPolicy",
    "PutUserPolicy",
    "UpdateLoginProfile",
)


def attach_policies(attacker: Attacker) -> Iterator[Step]:
    """Attach or rewrite the policies of a role of the attacker, who then has all permissions within its boundary."""
    for role in attacker.inventory.roles.values():
        if not attacker.has(role.name):
            continue
        if by := _grants_anything(attacker, role):
            yield Step(by, f"grants {role.name} any permission", _within(attacker.inventory, role.boundary))


def _grants_anything(attacker: Attacker, role: Role) -> str | None:
    return (
        attacker.who_can("iam:PutRolePolicy", role.arn)
        or attacker.who_can(
            "iam:AttachRolePolicy", role.arn, {"iam:policyarn": attacker.inventory.arn(_ADMINISTRATOR_ACCESS)}
        )
        or _attaches_own_policy(attacker, role.arn)
        or next(
            (by for arn in role.attached if (by := attacker.who_can("iam:CreatePolicyVersion", arn))), None
        )
    )


def _attaches_own_policy(attacker: Attacker, role: str) -> str | None:
    own = attacker.inventory.identity("policy", "own")
    return attacker.who_can("iam:CreatePolicy", own) and attacker.who_can(
        "iam:AttachRolePolicy", role, {"iam:policyarn": own}
    )


def create_role(attacker: Attacker) -> Iterator[Step]:
    """Create a role that trusts the attacker, and grant it all permissions within its boundary."""
    arn = attacker.inventory.identity("role", "own")
    grants = attacker.who_can("iam:PutRolePolicy", arn) or _attaches_own_policy(attacker, arn)
    if grants is None:
        grants = attacker.who_can(
            "iam:AttachRolePolicy", arn, {"iam:policyarn": attacker.inventory.arn(_ADMINISTRATOR_ACCESS)}
        )
    if grants is None:
        return
    for boundary in (
        None,
        attacker.inventory.arn(_ADMINISTRATOR_ACCESS),
        *attacker.inventory.boundaries,
        *_prescribed(attacker.inventory),
    ):
        if by := attacker.who_can("iam:CreateRole", arn, {"iam:permissionsboundary": boundary}):
            name = (
                "without a boundary" if boundary is None else f"with boundary {boundary.rpartition('/')[2]}"
            )
            yield Step(by, f"creates a role {name}", _within(attacker.inventory, boundary))


def _within(inventory: Inventory, boundary: str | None) -> Privilege:
    document = inventory.boundaries.get(boundary or "")
    name = f"everything within {(boundary or '').rpartition('/')[2]}"
    if boundary in _prescribed(inventory):
        return Privilege(name)  # the company's own limit, whose content is not in the stack
    if document is None or boundary is None:
        return ADMINISTRATOR
    role = inventory.identity("role", "own")
    return Privilege(name, Principal(name, role, document, None))


def _prescribed(inventory: Inventory) -> tuple[str, ...]:
    """Return the boundaries of roles that are not in the stack (`access.permissions_boundary_arn`)."""
    used = {role.boundary for role in inventory.roles.values() if role.boundary}
    return tuple(sorted(used - inventory.boundaries.keys() - {inventory.arn(_ADMINISTRATOR_ACCESS)}))


def escape_boundary(attacker: Attacker) -> Iterator[Step]:
    """Remove, replace or rewrite a permissions boundary."""
    used = sorted({role.boundary for role in attacker.inventory.roles.values() if role.boundary})
    for role in attacker.inventory.roles.values():
        if by := attacker.who_can("iam:DeleteRolePermissionsBoundary", role.arn):
            yield Step(by, f"removes the boundary of {role.name}", ADMINISTRATOR)
        for boundary in (attacker.inventory.arn(_ADMINISTRATOR_ACCESS), *used):
            context = {"iam:permissionsboundary": boundary}
            if boundary == role.boundary:
                continue
            if by := attacker.who_can("iam:PutRolePermissionsBoundary", role.arn, context):
                how = f"gives {role.name} the boundary {boundary.rpartition('/')[2]}"
                yield Step(by, how, _within(attacker.inventory, boundary))
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
            if role.boundary and (by := attacker.who_can(f"iam:{action}", role.boundary)):
                yield Step(by, f"rewrites the boundary of {role.name}", ADMINISTRATOR)


def change_user(attacker: Attacker) -> Iterator[Step]:
    """Create or change an IAM user or group."""
    for action in _USER_ACTIONS:
        kind = "group" if "Group" in action else "user"
        if by := attacker.who_can(f"iam:{action}", administrator_arn(attacker.inventory, kind), UNTAGGED):
            yield Step(by, f"iam:{action}", ADMINISTRATOR)
