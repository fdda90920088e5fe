"""Rules of IAM about the existence and deletion of managed policies and permissions boundaries."""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import IAMBackend, iam_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


@rule(
    "permissions-boundary-must-exist",
    on=(
        "iam:CreateRole",
        "iam:CreateUser",
        "iam:PutRolePermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
    ),
    code="NoSuchEntity",
    status=404,
    source="IAM API Reference, CreateRole, PermissionsBoundary, NoSuchEntity",
)
def permissions_boundary_must_exist(request: Request) -> str | None:
    """The permissions boundary of a role or user must be a managed policy that exists."""
    arn = request.get("PermissionsBoundary")
    if arn is None or arn.startswith("arn:aws:iam::aws:"):  # moto has only some of AWS' managed policies
        return None
    if arn in request.backend(iam_backends).managed_policies:
        return None
    return f"Scope ARN: {arn} does not exist or is not attachable."


@rule(
    "policy-name-taken",
    on=("iam:CreatePolicy",),
    code="EntityAlreadyExists",
    status=409,
    source="IAM API Reference, CreatePolicy, EntityAlreadyExists; PolicyName: names are unique within the account",
)
def policy_name_taken(request: Request) -> str | None:
    """A managed policy must not have the name of one that exists, in whatever path and letter case."""
    name = str(request.get("PolicyName", "")).lower()
    own = f":iam::{request.account}:policy/"
    held = list(request.backend(iam_backends).managed_policies)
    if not any(own in arn and arn.rpartition("/")[2].lower() == name for arn in held):
        return None
    return f"A policy called {request.get('PolicyName')} already exists. Duplicate names are not allowed."


@rule(
    "attached-policy-cannot-be-deleted",
    on=("iam:DeletePolicy",),
    code="DeleteConflict",
    status=409,
    source="IAM API Reference, DeletePolicy: first detach the policy from all users, groups and roles",
)
def attached_policy_cannot_be_deleted(request: Request) -> str | None:
    """A managed policy that is attached to a role, user or group cannot be deleted."""
    arn = request.get("PolicyArn")
    attached = any(arn in _attached(entity) for entity in _entities(request.backend(iam_backends)))
    return "Cannot delete a policy attached to entities." if attached else None


@rule(
    "boundary-in-use-cannot-be-deleted",
    on=("iam:DeletePolicy",),
    code="DeleteConflict",
    status=409,
    source="gruntwork-io/cloud-nuke#972: DeleteConflict for a policy that is a role's permissions boundary",
)
def boundary_in_use_cannot_be_deleted(request: Request) -> str | None:
    """A managed policy that is the permissions boundary of a role or user cannot be deleted."""
    arn = request.get("PolicyArn")
    iam = request.backend(iam_backends)
    bounded = any(getattr(entity, "permissions_boundary_arn", None) == arn for entity in _entities(iam))
    return "Cannot delete a policy attached to entities." if bounded else None


@rule(
    "policy-with-versions-cannot-be-deleted",
    on=("iam:DeletePolicy",),
    code="DeleteConflict",
    status=409,
    source="IAM API Reference, DeletePolicy: first delete all non-default versions of the policy",
)
def policy_with_versions_cannot_be_deleted(request: Request) -> str | None:
    """A managed policy that has non-default versions cannot be deleted."""
    policy = request.backend(iam_backends).managed_policies.get(request.get("PolicyArn"))
    if policy is None or len(policy.versions) < 2:
        return None
    return (
        "This policy has more than one version. Before you delete a policy, you must delete the policy's "
        "versions. The default version is deleted with the policy."
    )


def _entities(iam: IAMBackend) -> Iterator[Any]:
    yield from list(iam.roles.values())
    yield from list(iam.users.values())
    yield from list(iam.groups.values())


def _attached(entity: Any) -> set[str]:
    return {policy.arn for policy in entity.managed_policies.values()}


RULES: tuple[Rule, ...] = (
    permissions_boundary_must_exist,
    policy_name_taken,
    attached_policy_cannot_be_deleted,
    boundary_in_use_cannot_be_deleted,
    policy_with_versions_cannot_be_deleted,
)
