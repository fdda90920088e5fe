"""Rules of SQS."""

import json
from collections.abc import Mapping

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_ON = ("sqs:CreateQueue", "sqs:SetQueueAttributes")
# Source: Amazon SQS API Reference, SetQueueAttributes, Attributes.
_RANGES: Mapping[str, tuple[int, int]] = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}


@rule(
    "queue-attribute-range",
    on=_ON,
    code="InvalidAttributeValue",
    source="Amazon SQS API Reference, SetQueueAttributes, Attributes",
)
def queue_attribute_range(request: Request) -> str | None:
    """The numbers among a queue's attributes have ranges, such as 0 to 43,200 seconds of visibility timeout."""
    for name, value in (request.get("Attributes") or {}).items():
        least, most = _RANGES.get(name, (None, None))
        if least is not None and most is not None and not _lies_within(value, least, most):
            return f"Invalid value for the parameter {name}."
    return None


@rule(
    "queue-policy-is-json",
    on=_ON,
    code="InvalidAttributeValue",
    source="Amazon SQS API Reference, SetQueueAttributes, Policy: a valid AWS policy",
)
def queue_policy_is_json(request: Request) -> str | None:
    """The policy of a queue is a JSON document."""
    policy = (request.get("Attributes") or {}).get("Policy")
    if not policy:
        return None
    try:
        json.loads(policy)
    except ValueError:
        return "Invalid value for the parameter Policy."
    return None


def _lies_within(value: str, least: int, most: int) -> bool:
    try:
        return least <= int(value) <= most
    except ValueError:
        return False


RULES: tuple[Rule, ...] = (queue_attribute_range, queue_policy_is_json)
