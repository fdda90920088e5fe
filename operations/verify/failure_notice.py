"""Check of the notice of a failed job: a job fails, and a subscriber of the alarm topic receives a message."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from environments import Environment
from modules.names import Limit, Names
from terrarium.aws import Session
from terrarium.connection import open_connection
from terrarium.lab import Lab
from terrarium.verification.check import CheckFailedError, Observation

if TYPE_CHECKING:
    import boto3

__all__ = ["NOTICE_CAUSE", "failed_job_notice"]

NOTICE_CAUSE = (
    "the rule for failed jobs is disabled, the policy of the topic does not allow events.amazonaws.com to publish, or "
    "the policy of the key does not allow it to use the key (AWS drops such notices without an error)"
)
_PATIENCE = 1200  # s, of the job
_DELIVERY = 120  # s; EventBridge and SNS take seconds


def failed_job_notice(config: Environment, session: "boto3.Session", *, token: str) -> Observation:
    """Subscribe a queue to the alarm topic, let a job fail, and wait for its notice.

    Raises:
        CheckFailedError: The job did not fail, or no notice arrived.
    """
    lab = Lab(open_connection(config.name, session=Session(session)))
    with _subscribed_queue(config, session, token=token) as queue:
        job = lab.compute.submit(
            ["sh", "-c", "exit 3"],
            name=f"verification-fails-{token}",
            code=None,
            deadline=_PATIENCE,
            retries=0,
        )
        state = job.wait(seconds=_PATIENCE)
        if state.succeeded:
            raise CheckFailedError(
                f"job {job.id} exits with code 3, but its status in Batch is {state.status}"
            )
        began = time.monotonic()
        while time.monotonic() - began < _DELIVERY:
            if _arrived(session, queue, job.id):
                return Observation(f"arrived {time.monotonic() - began:.0f} s after the failure of the job")
    raise CheckFailedError(f"job {job.id} failed, but no notice arrived within {_DELIVERY} s")


def _arrived(session: "boto3.Session", queue: str, job: str) -> bool:
    found = session.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=5, MaxNumberOfMessages=10)
    return any(job in message["Body"] for message in found.get("Messages", []))


@contextmanager
def _subscribed_queue(config: Environment, session: "boto3.Session", *, token: str) -> Iterator[str]:
    names = Names.of(config)
    topic = names.arn("sns", names.physical("alarms", limit=Limit.SNS_TOPIC))
    name = names.physical(f"verification-{token.replace('_', '-')}", limit=Limit.SQS_QUEUE)
    sqs, sns = session.client("sqs"), session.client("sns")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": names.arn("sqs", name),
                "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
            }
        ],
    }
    queue = sqs.create_queue(
        QueueName=name, Attributes={"Policy": json.dumps(policy)}, tags=config.resource_tags
    )["QueueUrl"]
    try:
        subscription = sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=names.arn("sqs", name), ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        try:
            yield queue
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)
    finally:
        sqs.delete_queue(QueueUrl=queue)
