"""Grant oneself more: policies, roles without or with another boundary, users."""

from collections.abc import Iterator

from policies.escalation.estate import Estate, Role
from policies.escalation.permissions import Principal
from policies.escalation.powers import ADMINISTRATOR, UNTAGGED, Gained, Power, Step, outside

__all__ = ["become_user", "escape_boundary", "grant_oneself", "make_role"]

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


def grant_oneself(gained: Gained) -> Iterator[Step]:
    """Attach or rewrite the policies of a role that one can act as: the boundary is what is left."""
    for role in gained.estate.roles.values():
        if not gained.has(role.name):
            continue
        if by := _grants_anything(gained, role):
            yield Step(by, f"grants {role.name} whatever it wants", _within(gained.estate, role.boundary))


def _grants_anything(gained: Gained, role: Role) -> str | None:
    return (
        gained.who_can("iam:PutRolePolicy", role.arn)
        or gained.who_can("iam:AttachRolePolicy", role.arn, {"iam:policyarn": _ADMINISTRATOR_ACCESS})
        or _attaches_own_policy(gained, role.arn)
        or next((by for arn in role.attached if (by := gained.who_can("iam:CreatePolicyVersion", arn))), None)
    )


def _attaches_own_policy(gained: Gained, role: str) -> str | None:
    own = f"arn:aws:iam::{gained.estate.account}:policy/{gained.estate.prefix}own"
    return gained.who_can("iam:CreatePolicy", own) and gained.who_can(
        "iam:AttachRolePolicy", role, {"iam:policyarn": own}
    )


def make_role(gained: Gained) -> Iterator[Step]:
    """Make a role that trusts the caller, or another account, and grant it all that its boundary allows."""
    arn = f"arn:aws:iam::{gained.estate.account}:role/{gained.estate.prefix}own"
    grants = gained.who_can("iam:PutRolePolicy", arn) or _attaches_own_policy(gained, arn)
    if grants is None:
        grants = gained.who_can("iam:AttachRolePolicy", arn, {"iam:policyarn": _ADMINISTRATOR_ACCESS})
    if grants is None:
        return
    for boundary in (None, _ADMINISTRATOR_ACCESS, *gained.estate.boundaries):
        if by := gained.who_can("iam:CreateRole", arn, {"iam:permissionsboundary": boundary}):
            name = (
                "without a boundary" if boundary is None else f"with boundary {boundary.rpartition('/')[2]}"
            )
            yield Step(by, f"makes a role {name}", _within(gained.estate, boundary))


def _within(estate: Estate, boundary: str | None) -> Power:
    document = estate.boundaries.get(boundary or "")
    if document is None or boundary is None:
        return ADMINISTRATOR
    name = f"everything within {boundary.rpartition('/')[2]}"
    role = f"arn:aws:iam::{estate.account}:role/{estate.prefix}own"
    return Power(name, Principal(name, role, document, None))


def escape_boundary(gained: Gained) -> Iterator[Step]:
    """Remove, replace or rewrite a permissions boundary."""
    used = sorted({role.boundary for role in gained.estate.roles.values() if role.boundary})
    for role in gained.estate.roles.values():
        if by := gained.who_can("iam:DeleteRolePermissionsBoundary", role.arn):
            yield Step(by, f"removes the boundary of {role.name}", ADMINISTRATOR)
        for boundary in (_ADMINISTRATOR_ACCESS, *used):
            context = {"iam:permissionsboundary": boundary}
            if boundary == role.boundary:
                continue
            if by := gained.who_can("iam:PutRolePermissionsBoundary", role.arn, context):
                how = f"gives {role.name} the boundary {boundary.rpartition('/')[2]}"
                yield Step(by, how, _within(gained.estate, boundary))
        for action in ("CreatePolicyVersion", "SetDefaultPolicyVersion"):
            if role.boundary and (by := gained.who_can(f"iam:{action}", role.boundary)):
                yield Step(by, f"rewrites the boundary of {role.name}", ADMINISTRATOR)


def become_user(gained: Gained) -> Iterator[Step]:
    """Make or change an IAM user or group."""
    for action in _USER_ACTIONS:
        kind = "group" if "Group" in action else "user"
        if by := gained.who_can(f"iam:{action}", outside(gained.estate, kind), UNTAGGED):
            yield Step(by, f"iam:{action}", ADMINISTRATOR)
