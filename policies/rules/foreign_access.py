"""Access from other accounts: their roles, and services that act on their behalf."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Stack
from policies.statements import listed, resource_policies, statements

__all__ = ["POLICIES"]

_ACCOUNT = re.compile(r"\b(\d{12})\b")
_SOURCE_KEYS = {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}
# EventBridge does not send these keys to SNS. Source: Amazon EventBridge User Guide, "Amazon SNS permissions":
# "SNS topic policies don't support Condition blocks for EventBridge".
_SENDS_NO_SOURCE = {("events.amazonaws.com", "aws_sns_topic_policy")}


def _foreign_trust(stack: Stack) -> Iterator[Violation]:
    (own,) = stack.provider["allowed_account_ids"]
    for role in stack.resources("aws_iam_role"):
        for statement in statements(role.document("assume_role_policy")):
            principal = statement.get("Principal")
            if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
                continue
            foreign = [arn for arn in listed(principal.get("AWS")) if set(_ACCOUNT.findall(arn)) - {own}]
            if foreign and not _promotes_only(statement):
                yield Violation(role, f"principals of other accounts may assume it: {', '.join(foreign)}")


def _promotes_only(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement allows only the promotion roles of other environments."""
    named = listed(statement.get("Condition", {}).get("ArnEquals", {}).get("aws:PrincipalArn"))
    return bool(named) and all(
        re.fullmatch(r"arn:aws[\w-]*:iam::\d{12}:role/(.*/)?terrarium-[a-z0-9-]+-promotion", arn)
        for arn in named
    )


def _confused_deputies(stack: Stack) -> Iterator[Violation]:
    for resource, statement in resource_policies(stack):
        principal = statement.get("Principal")
        if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
            continue
        services = [
            service
            for service in listed(principal.get("Service"))
            if (service, resource.kind) not in _SENDS_NO_SOURCE
        ]
        if services and not _names_source(statement):
            yield Violation(
                resource,
                f"statement {statement.get('Sid', '')!r} allows {', '.join(services)} on behalf of any account",
            )


def _names_source(statement: Mapping[str, Any]) -> bool:
    for operator, test in statement.get("Condition", {}).items():
        if operator.endswith("IfExists") or "Not" in operator:
            continue
        for key, value in test.items():
            if key.lower() in _SOURCE_KEYS and "*" not in listed(value):
                return True
            # The encryption context contains the ARN of the resource that the service encrypts.
            if key.lower().startswith("kms:encryptioncontext:") and all(
                _ACCOUNT.search(one) for one in listed(value)
            ):
                return True
    return False


POLICIES = (
    Policy(
        "foreign-trust",
        "No principal of another account may assume a role, except the promotion role of a named environment",
        "trust this account only, or grant the access with `PromotionSource` in modules/promotion.py",
        _foreign_trust,
    ),
    Policy(
        "confused-deputy",
        "Services may act on behalf of this account only",
        "add a condition on aws:SourceAccount or aws:SourceArn to the statement",
        _confused_deputies,
    ),
)
