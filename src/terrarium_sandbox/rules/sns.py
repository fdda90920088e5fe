"""Rules of SNS."""

import json

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

# Source: Amazon SNS API Reference, Subscribe, Protocol.
_PROTOCOLS = frozenset(
    {"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"}
)


@rule(
    "subscription-protocol",
    on=("sns:Subscribe",),
    code="InvalidParameter",
    source="Amazon SNS API Reference, Subscribe, Protocol",
)
def subscription_protocol(request: Request) -> str | None:
    """The protocol of a subscription must be one that SNS supports."""
    protocol = request.get("Protocol")
    if protocol is None or protocol in _PROTOCOLS:
        return None
    return f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"


@rule(
    "email-subscription-has-an-address",
    on=("sns:Subscribe",),
    code="InvalidParameter",
    source="Amazon SNS API Reference, Subscribe, Endpoint: for `email`, an email address",
)
def email_subscription_has_an_address(request: Request) -> str | None:
    """The endpoint of a subscription by e-mail is an e-mail address."""
    name, _, domain = request.get("Endpoint", "").rpartition("@")
    if request.get("Protocol") not in {"email", "email-json"} or (name and domain):
        return None
    return "Invalid parameter: Email address"


@rule(
    "published-message-is-not-empty",
    on=("sns:Publish",),
    code="InvalidParameter",
    source="Amazon SNS API Reference, Publish, Message: must not be empty",
)
def published_message_is_not_empty(request: Request) -> str | None:
    """A published message is not empty."""
    return None if request.get("Message") else "Invalid parameter: Empty message"


@rule(
    "topic-policy-is-json",
    on=("sns:CreateTopic", "sns:SetTopicAttributes"),
    code="InvalidParameter",
    source="Amazon SNS API Reference, SetTopicAttributes, Policy: the policy that defines who can access the topic",
)
def topic_policy_is_json(request: Request) -> str | None:
    """The policy of a topic is a JSON document."""
    policy = (request.get("Attributes") or {}).get("Policy")
    if request.get("AttributeName") == "Policy":
        policy = request.get("AttributeValue")
    if not policy:
        return None
    try:
        json.loads(policy)
    except ValueError:
        return "Invalid parameter: Policy Error: the policy is no valid JSON"
    return None


RULES: tuple[Rule, ...] = (
    subscription_protocol,
    email_subscription_has_an_address,
    published_message_is_not_empty,
    topic_policy_is_json,
)
