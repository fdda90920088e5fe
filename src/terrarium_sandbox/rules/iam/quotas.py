"""Rules of IAM about sizes and counts.

Source: IAM User Guide, "IAM and AWS STS quotas". Adjustable quotas have the default value of a new account.
"""

import re

from moto.iam.models import Role, iam_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_SOURCE = "IAM User Guide, IAM and AWS STS quotas"
_MANAGED_POLICY_CHARACTERS = 6144  # white space is not counted
_INLINE_POLICY_CHARACTERS = 10240  # of all inline policies of a role; white space is not counted
_TRUST_POLICY_CHARACTERS = 2048  # adjustable up to 4,096
_POLICIES_PER_ROLE = 10  # adjustable up to 25
_WHITE_SPACE = re.compile(r"\s")


@rule(
    "managed-policy-size",
    on=("iam:CreatePolicy", "iam:CreatePolicyVersion"),
    code="LimitExceeded",
    status=409,
    source=f"{_SOURCE}, IAM entity character limits",
)
def managed_policy_size(request: Request) -> str | None:
    """A managed policy must have at most 6,144 characters, white space not counted."""
    if _size(request.get("PolicyDocument", "")) <= _MANAGED_POLICY_CHARACTERS:
        return None
    return f"Cannot exceed quota for PolicySize: {_MANAGED_POLICY_CHARACTERS}"


@rule(
    "inline-policies-size",
    on=("iam:PutRolePolicy",),
    code="LimitExceeded",
    status=409,
    source=f"{_SOURCE}, IAM entity character limits",
)
def inline_policies_size(request: Request) -> str | None:
    """All inline policies of a role together must have at most 10,240 characters, white space not counted."""
    role = _role(request)
    if role is None:
        return None
    documents = {**role.policies, request.get("PolicyName"): request.get("PolicyDocument", "")}
    if sum(map(_size, documents.values())) <= _INLINE_POLICY_CHARACTERS:
        return None
    return f"Maximum policy size of {_INLINE_POLICY_CHARACTERS} bytes exceeded for role {role.name}"


@rule(
    "trust-policy-size",
    on=("iam:CreateRole", "iam:UpdateAssumeRolePolicy"),
    code="LimitExceeded",
    status=409,
    source=f"{_SOURCE}, role trust policy length",
)
def trust_policy_size(request: Request) -> str | None:
    """A role's trust policy must have at most 2,048 characters, white space not counted."""
    document = request.get("AssumeRolePolicyDocument") or request.get("PolicyDocument") or ""
    if _size(document) <= _TRUST_POLICY_CHARACTERS:
        return None
    return f"Cannot exceed quota for ACLSizePerRole: {_TRUST_POLICY_CHARACTERS}"


@rule(
    "policies-per-role",
    on=("iam:AttachRolePolicy",),
    code="LimitExceeded",
    status=409,
    source=f"{_SOURCE}, managed policies per role",
)
def policies_per_role(request: Request) -> str | None:
    """A role must have at most 10 managed policies attached."""
    role = _role(request)
    if role is None:
        return None
    attached = {policy.arn for policy in role.managed_policies.values()}
    if len(attached | {request.get("PolicyArn")}) <= _POLICIES_PER_ROLE:
        return None
    return f"Cannot exceed quota for PoliciesPerRole: {_POLICIES_PER_ROLE}"


def _size(document: str) -> int:
    return len(_WHITE_SPACE.sub("", document))


def _role(request: Request) -> Role | None:
    roles = list(request.backend(iam_backends).roles.values())
    return next((role for role in roles if role.name == request.get("RoleName")), None)


RULES: tuple[Rule, ...] = (managed_policy_size, inline_policies_size, trust_policy_size, policies_per_role)
