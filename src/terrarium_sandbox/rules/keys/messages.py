"""Rules about the keys of SNS topics and SQS queues, used by principals and by delivering services."""

from collections.abc import Iterable, Mapping

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, GENERATE, KeyUse, kms_denial
from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RULES", "delivery_key_denial"]


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


def delivery_key_denial(arn: str, *, service: str, call_context: Mapping[str, str]) -> str | None:
    """Return why KMS denies a service the publishing to a topic or sending to a queue, or None if KMS allows it.

    The caller must lock policies against changes.

    Args:
        arn: The topic or the queue.
        service: The service principal, such as `events.amazonaws.com`.
        call_context: Condition keys that the service passes to KMS (`aws:SourceAccount`). EventBridge passes none
            when it publishes to topics: Amazon SNS Developer Guide, "Managing Amazon SNS encryption keys and costs".
    """
    _, _, kind, region, account, _ = arn.split(":", 5)
    key, name = (_topic_key(arn), "aws:sns:topicArn") if kind == "sns" else (_queue_key(arn), "aws:sqs:arn")
    if not key:
        return None
    key_use = KeyUse(
        key=key,
        actions=(GENERATE, DECRYPT),
        account=account,
        region=region,
        context={name: arn},
        call_context=call_context,
    )
    return kms_denial(key_use, service=service)


def _topic_key(arn: str) -> str | None:
    parts = arn.split(":")
    topic = sns_backends[parts[4]][parts[3]].topics.get(arn) if len(parts) == 6 else None
    return getattr(topic, "kms_master_key_id", None) or None


def _queue_key(arn: str) -> str | None:
    _, _, _, region, account, name = arn.split(":", 5)
    queue = sqs_backends[account][region].queues.get(name) if account.isdigit() else None
    return getattr(queue, "kms_master_key_id", None) or None


RULES: tuple[Rule, ...] = (topic_key, queue_key)
