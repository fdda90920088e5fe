"""Rules of IAM."""

import re

from moto.iam.models import iam_backends

from terrarium.sandbox.rules.rule import Request, Rule, rule

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
    source="IAM API Reference, CreateRole, NoSuchEntity; hashicorp/terraform-provider-aws#14414",
)
def permissions_boundary_must_exist(request: Request) -> str | None:
    """The permissions boundary of a role or user must be a managed policy that exists."""
    arn = request.get("PermissionsBoundary")
    if arn is None or arn in request.backend(iam_backends).managed_policies:
        return None
    return f"Scope ARN: {arn} does not exist or is not attachable."


# Source: IAM User Guide, "IAM and AWS STS quotas", IAM entity character limits: white space is not counted.
_MANAGED_POLICY_CHARACTERS = 6144
_WHITE_SPACE = re.compile(r"\s")


@rule(
    "managed-policy-size",
    on=("iam:CreatePolicy", "iam:CreatePolicyVersion"),
    code="LimitExceeded",
    status=409,
    source="IAM User Guide, IAM and AWS STS quotas, IAM entity character limits",
)
def managed_policy_size(request: Request) -> str | None:
    """A managed policy must have at most 6,144 characters, white space not counted."""
    document = _WHITE_SPACE.sub("", request.get("PolicyDocument", ""))
    if len(document) <= _MANAGED_POLICY_CHARACTERS:
        return None
    return f"Cannot exceed quota for PolicySize: {_MANAGED_POLICY_CHARACTERS}"


RULES: tuple[Rule, ...] = (managed_policy_size, permissions_boundary_must_exist)
