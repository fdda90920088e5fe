"""Rules of IAM."""

import re

from terrarium.sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


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


RULES: tuple[Rule, ...] = (managed_policy_size,)
