"""Policy `administrator-change`: changes that `ci-deploy` is denied, so that its deployment would stop half-way.

`modules/delivery/boundary.py` contains the denied actions.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.plan.change import leaves
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation

__all__ = ["POLICIES", "reserved_changes"]

# Beginnings of the names of roles and of their policies.
_ROLES = ("ci-", "migration")
# The arguments of the key that only an administrator changes.
_KEY = frozenset({"enable_key_rotation", "is_enabled", "policy"})
# The settings of the audit bucket that only an administrator changes.
_BUCKET_SETTINGS = frozenset(
    {
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    }
)
# By Terraform type: the argument that names the role.
_ROLE_ARGUMENTS: Mapping[str, str] = {
    "aws_iam_role": "name",
    "aws_iam_role_policies_exclusive": "role_name",
    "aws_iam_role_policy": "role",
    "aws_iam_role_policy_attachment": "role",
    "aws_iam_role_policy_attachments_exclusive": "role_name",
}


def reserved_changes(stack: PlannedStack) -> Iterator[tuple[str, str]]:
    """Yield the addresses of changes that `ci-deploy` is denied, and phrases for the objects that they affect."""
    changes = [one for one in stack.plan.get("resource_changes", []) if _changes(one)]
    prefix = f"{stack.name_stem}-"
    created = {_name(one, "name") for one in changes if one["change"]["actions"] == ["create"]}
    if f"{prefix}ci-deploy" in created:
        return  # the first deployment, by an administrator in any case
    prescribed = _prescribed_boundary(stack, prefix)
    for change in changes:
        reserved = _reserved_object(change, prefix, prescribed)
        if reserved is not None:
            yield change["address"], reserved


def _reserved(stack: PlannedStack) -> Iterator[Violation]:
    for address, reserved in reserved_changes(stack):
        yield Violation(stack.at(address), f"the plan changes {reserved}, which ci-deploy may not change")


def _reserved_object(change: Mapping[str, Any], prefix: str, prescribed: str | None) -> str | None:
    """Return a phrase for the object that a change affects, if only an administrator may change it."""
    kind, actions = change["type"], change["change"]["actions"]
    if kind in _ROLE_ARGUMENTS:
        role = _name(change, _ROLE_ARGUMENTS[kind]).removeprefix(prefix)
        if role.startswith(_ROLES):
            return f"the role {role}"
        return _denied_for_every_role(change, role, prefix, prescribed)
    if kind == "aws_iam_policy":
        policy = _name(change, "name").removeprefix(prefix)
        if policy.endswith(("boundary", "denials")):
            return "a permissions boundary"
        role = policy.rpartition("-")[0]
        return f"a policy of the role {role}" if policy.startswith(_ROLES) else None
    if kind == "aws_cloudtrail" and actions != ["create"]:
        return "the audit trail"
    if kind == "aws_kms_key" and (actions != ["update"] or _changed(change) & _KEY):
        return "the key"
    settings = kind in _BUCKET_SETTINGS or (kind == "aws_s3_bucket" and "delete" in actions)
    if settings and _name(change, "bucket").startswith(f"{prefix}audit-"):
        return "the bucket of the audit trail"
    if kind in {"aws_iam_user", "aws_iam_access_key"} and "create" in actions:
        return "a user with keys that do not expire"
    if kind == "aws_default_security_group" and actions != ["update"]:
        return "a default security group, which has no tag yet"
    return None


def _prescribed_boundary(stack: PlannedStack, prefix: str) -> str | None:
    """Return the ARN of the boundary that the company prescribes, which `ci-deploy` has too; None if it has its own."""
    for one in stack.plan.get("resource_changes", []):
        if one["type"] == "aws_iam_role" and _name(one, "name") == f"{prefix}ci-deploy":
            arn = str((one["change"].get("after") or {}).get("permissions_boundary") or "")
            own = arn.rpartition("/")[2] in {"", f"{prefix}delivery-boundary"}
            return None if own else arn
    return None


def _denied_for_every_role(
    change: Mapping[str, Any], role: str, prefix: str, prescribed: str | None
) -> str | None:
    kind, actions = change["type"], change["change"]["actions"]
    if "delete" in actions and "create" not in actions:
        return None
    after, unknown = (change["change"].get(side) or {} for side in ("after", "after_unknown"))
    if kind == "aws_iam_role_policy":
        return f"an inline policy of the role {role}"
    argument = {"aws_iam_role": "permissions_boundary", "aws_iam_role_policy_attachment": "policy_arn"}.get(
        kind
    )
    if argument is None or unknown.get(argument):
        return None
    if prescribed is not None and after.get(argument) == prescribed:
        return None
    named = str(after.get(argument) or "").rpartition("/")[2]  # behind the path
    if kind == "aws_iam_role_policy_attachment":
        foreign = not named.startswith(prefix)
        return f"a policy from outside of the environment at the role {role}" if foreign else None
    set_now = "create" in actions or "permissions_boundary" in _changed(change)
    return (
        f"the permissions boundary of the role {role}" if set_now and named != f"{prefix}boundary" else None
    )


def _changes(change: Mapping[str, Any]) -> bool:
    actions = change["change"]["actions"]
    if actions == ["update"]:
        return any(not path.startswith("tags") for path in _changed(change))
    return bool({"create", "delete"} & set(actions))


def _changed(change: Mapping[str, Any]) -> set[str]:
    before, after = (dict(leaves(change["change"].get(side))) for side in ("before", "after"))
    unknown = {path for path, pending in leaves(change["change"].get("after_unknown")) if pending}
    return unknown | {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _name(change: Mapping[str, Any], argument: str) -> str:
    for side in ("before", "after"):
        found = (change["change"].get(side) or {}).get(argument)
        if found:
            return str(found)
    return ""


POLICIES: tuple[Policy[PlannedStack], ...] = (
    Policy(
        "administrator-change",
        "Only an administrator changes the delivery roles, the boundaries, the key and the audit trail",
        "have an administrator deploy this change first (`cdktf deploy <environment>`): a workflow would stop "
        "half-way (docs/guides/deploy.md)",
        _reserved,
    ),
)
