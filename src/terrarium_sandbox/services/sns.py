"""SNS: delivery to queues only if the policies of queue and key allow it."""

import json
import logging
from typing import Any

from moto.sns.models import Subscription
from moto.sqs.models import sqs_backends

from terrarium_sandbox.authorization.decision import ResourcePolicy, decide_service
from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.patches import patch
from terrarium_sandbox.rules.keys.messages import delivery_key_denial
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]

_PRINCIPAL = "sns.amazonaws.com"

_log = logging.getLogger(__name__)


def install(sandbox: Sandbox) -> None:
    """Check the policies of queues and of their keys before SNS delivers."""
    publish = Subscription.publish

    def publish_where_allowed(self: Subscription, *arguments: Any, **named: Any) -> None:
        if sandbox.iam_enforced and self.protocol == "sqs":
            with sandbox.locks.holding_policies():
                refusal = _refusal(self.topic_arn, self.endpoint, account=self.account_id)
            if refusal is not None:
                # AWS drops the message, and counts it in the topic's metric NumberOfNotificationsFailed.
                _log.warning("%s did not reach %s: %s", self.topic_arn, self.endpoint, refusal)
                return
        publish(self, *arguments, **named)

    patch(
        Subscription,
        "publish",
        publish_where_allowed,
        reason="moto delivers to queues whose policies do not allow it.",
    )


def _refusal(topic: str, queue_arn: str, *, account: str) -> str | None:
    """Return why a topic may not deliver to a queue; None if it may.

    Source: Amazon SNS Developer Guide, "Subscribing an Amazon SQS queue to an Amazon SNS topic", on access policies.
    """
    _, _, _, region, owner, name = queue_arn.split(":", 5)
    queue = sqs_backends[owner][region].queues.get(name)
    if queue is None:
        return "there is no such queue"
    condition_keys = {"aws:SourceArn": topic, "aws:SourceAccount": account}
    question = Question(
        action="sqs:SendMessage",
        resource=queue_arn,
        context={key.lower(): (value,) for key, value in condition_keys.items()},
    )
    document: Any = getattr(queue, "policy", None)
    policy = (
        Policy.parse(json.loads(document) if isinstance(document, str) else document) if document else None
    )
    decision = decide_service(
        _PRINCIPAL, question, ResourcePolicy(policy=policy, account=owner) if policy else None
    )
    if not decision.allowed:
        return decision.reason
    return delivery_key_denial(queue_arn, service=_PRINCIPAL, call_context=condition_keys)
