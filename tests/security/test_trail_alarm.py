"""Changes and deletion of the audit trail raise an alarm."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.stack_identities import StackIdentities, identities_of, synthesized_stack

TRAIL, QUEUE = "terrarium-dev-audit", "heard"
ACCOUNT, REGION = "111111111111", "eu-central-1"
SENDER = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "*",
}


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """A trail, the rule of dev about trails, its topic, and a queue that listens."""
    stack = synthesized_stack("dev", tmp_path_factory.mktemp("stacks"))
    with identities_of(stack, "tunnel/", home=tmp_path_factory.mktemp("sandbox")) as dev:
        sns, events = dev.client("sns"), dev.client("events")
        topic = sns.create_topic(Name="terrarium-dev-alarms", Attributes={"KmsMasterKeyId": dev.key_arn})
        policy = json.dumps(dev.document(dev.resource("aws_sns_topic_policy")))
        sns.set_topic_attributes(TopicArn=topic["TopicArn"], AttributeName="Policy", AttributeValue=policy)
        dev.client("sqs").create_queue(
            QueueName=QUEUE,
            Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [SENDER]})},
        )
        endpoint = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{QUEUE}"
        sns.subscribe(TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=endpoint)
        rule = dev.resource("aws_cloudwatch_event_rule", "observability/trail-changes").attributes
        events.put_rule(Name=rule["name"], EventPattern=rule["event_pattern"])
        events.put_targets(Rule=rule["name"], Targets=[{"Id": "topic", "Arn": topic["TopicArn"]}])
        dev.client("s3").create_bucket(
            Bucket="audit", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield dev


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("StopLogging", lambda trail: trail.stop_logging(Name=TRAIL)),
        ("UpdateTrail", lambda trail: trail.update_trail(Name=TRAIL, IsMultiRegionTrail=False)),
        (
            "PutEventSelectors",
            lambda trail: trail.put_event_selectors(
                TrailName=TRAIL, EventSelectors=[{"ReadWriteType": "WriteOnly"}]
            ),
        ),
        ("DeleteTrail", lambda trail: trail.delete_trail(Name=TRAIL)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_change_of_the_trail_is_heard_of(
    dev: StackIdentities, operation: str, change: Callable[[Any], object]
) -> None:
    trail = dev.client("cloudtrail")
    if not trail.describe_trails()["trailList"]:
        trail.create_trail(Name=TRAIL, S3BucketName="audit", IsMultiRegionTrail=True)
    trail.start_logging(Name=TRAIL)
    change(trail)
    assert operation in heard(dev)


def heard(dev: StackIdentities) -> str:
    """Return the first notice that arrives."""
    sqs = dev.client("sqs")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=QUEUE, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=QUEUE, ReceiptHandle=message["ReceiptHandle"])
            body: str = message["Body"]
            return body
    return "nothing"
