"""Keys of topics and queues: of principals that publish, send and receive, and of services that do."""

from collections.abc import Iterable, Mapping

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, GENERATE, KeyUse, refusal_of
from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RULES", "refusal_of_delivery"]


@caller_key_rule(
    "sns-topic-key",
    on=("sns:Publish", "sns:PublishBatch"),
    code="KMSAccessDenied",
    source="Amazon SNS Developer Guide, Managing Amazon SNS encryption keys and costs, Configuring AWS KMS permissions",
)
def topic_key(request: Request) -> Iterable[KeyUse]:
    """Publishing to an encrypted topic needs kms:GenerateDataKey and kms:Decrypt via SNS for its key."""
    arn = request.get("TopicArn") or request.get("TargetArn") or ""
    key = _topic_key(arn)
    if key:
        yield use(request, key, GENERATE, DECRYPT, context={"aws:sns:topicArn": arn})


@caller_key_rule(
    "sqs-queue-key",
    on=("sqs:ReceiveMessage", "sqs:SendMessage", "sqs:SendMessageBatch"),
    code="KMS.AccessDeniedException",
    source="Amazon SQS Developer Guide, Amazon SQS Key management, Configuring AWS KMS permissions",
)
def queue_key(request: Request) -> Iterable[KeyUse]:
    """Sending to an encrypted queue needs kms:GenerateDataKey and kms:Decrypt via SQS; receiving, kms:Decrypt."""
    *_, account, name = ["", request.account, *request.get("QueueUrl", "").split("/")][-2:]
    arn = f"arn:aws:sqs:{request.call.region}:{account}:{name}"
    key = _queue_key(arn)
    if key:
        actions = (DECRYPT,) if request.operation == "ReceiveMessage" else (GENERATE, DECRYPT)
        yield use(request, key, *actions, context={"aws:sqs:arn": arn}, account=account)


def refusal_of_delivery(arn: str, *, service: str, told: Mapping[str, str]) -> str | None:
    """Return why KMS refuses a service to publish to a topic or to send to a queue, or None if it does not.

    Policies are to be kept from being changed meanwhile.

    Args:
        arn: The topic or the queue.
        service: The service, as in `events.amazonaws.com`.
        told: What the service tells KMS about the reason, as `aws:SourceAccount`. EventBridge tells nothing when it
            publishes to topics: Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs".
    """
    _, _, kind, region, account, _ = arn.split(":", 5)
    key, name = (_topic_key(arn), "aws:sns:topicArn") if kind == "sns" else (_queue_key(arn), "aws:sqs:arn")
    if not key:
        return None
    asked = KeyUse(
        key=key, actions=(GENERATE, DECRYPT), account=account, region=region, context={name: arn}, told=told
    )
    return refusal_of(asked, service=service)


def _topic_key(arn: str) -> str | None:
    parts = arn.split(":")
    topic = sns_backends[parts[4]][parts[3]].topics.get(arn) if len(parts) == 6 else None
    return getattr(topic, "kms_master_key_id", None) or None


def _queue_key(arn: str) -> str | None:
    _, _, _, region, account, name = arn.split(":", 5)
    queue = sqs_backends[account][region].queues.get(name) if account.isdigit() else None
    return getattr(queue, "kms_master_key_id", None) or None


RULES: tuple[Rule, ...] = (topic_key, queue_key)
