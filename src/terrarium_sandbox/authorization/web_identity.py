"""AssumeRoleWithWebIdentity: a role assumed with a token of another issuer, as workflows of GitHub do."""

import base64
import json
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from terrarium_sandbox.authorization.context import context_of_call
from terrarium_sandbox.authorization.decision import Decision
from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.http.aws_call import Call

__all__ = ["decide_web_identity"]


def decide_web_identity(call: Call) -> Decision:
    """Decide whether the trust policy of the role allows the bearer of the token.

    The token's signature is verified before (`terrarium_sandbox.http.authentication`).
    """
    role_arn = str(call.parameters["RoleArn"])
    account = role_arn.split(":")[4]
    iam = iam_backends[account]["aws"]
    action = "sts:AssumeRoleWithWebIdentity"
    refused = Decision(allowed=False, reason=f"Not authorized to perform {action}")
    try:
        claims = _claims(str(call.parameters["WebIdentityToken"]))
        trust = Policy.parse(iam.get_role_by_arn(role_arn).assume_role_policy_document)
    except (ValueError, NotFoundException):
        return refused
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    provider = f"arn:aws:iam::{account}:oidc-provider/{issuer}"
    if provider not in {one.arn for one in iam.open_id_providers.values()}:
        return refused
    context = {
        **context_of_call(call, account=account),
        **{f"{issuer}:{name}".lower(): _values(value) for name, value in claims.items()},
    }
    question = Question(action=action, resource=role_arn, context=context)
    allowed = trust.answer_to(question, {"Federated": frozenset({provider})}) == "Allow"
    return Decision(allowed=True) if allowed else refused


def _claims(token: str) -> dict[str, Any]:
    """Return the claims of a JSON Web Token.

    Raises:
        ValueError: The text is not a JSON Web Token.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("a JSON Web Token has three parts")
    claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    if not isinstance(claims, dict):
        raise ValueError("its claims are no object")
    return claims


def _values(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in (value if isinstance(value, list) else [value]))
