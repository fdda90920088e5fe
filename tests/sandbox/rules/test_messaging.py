"""Rules of SQS and SNS."""

from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by


@pytest.mark.parametrize(
    ("attribute", "most", "beyond"),
    [
        ("DelaySeconds", 900, 901),
        ("KmsDataKeyReusePeriodSeconds", 86_400, 59),
        ("MaximumMessageSize", 1_024, 1_023),
        ("MessageRetentionPeriod", 1_209_600, 59),
        ("ReceiveMessageWaitTimeSeconds", 20, 21),
        ("VisibilityTimeout", 43_200, 43_201),
    ],
)
def test_attributes_of_queues_have_ranges(client: Client, attribute: str, most: int, beyond: int) -> None:
    sqs = client("sqs")
    with refused_by("queue-attribute-range", message=attribute):
        sqs.create_queue(QueueName="beyond", Attributes={attribute: str(beyond)})
    queue = sqs.create_queue(QueueName=f"ranged-{attribute}", Attributes={attribute: str(most)})["QueueUrl"]
    with refused_by("queue-attribute-range", message=attribute):
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={attribute: str(beyond)})


def test_messages_attributes_can_be_received_by_name(client: Client) -> None:
    """The model's list of names has only those of queues; SQS takes the names of messages' attributes, too."""
    sqs = client("sqs")
    queue = sqs.create_queue(QueueName="received")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="body")
    received = sqs.receive_message(QueueUrl=queue, AttributeNames=["SentTimestamp"])
    assert "SentTimestamp" in received["Messages"][0]["Attributes"]


def test_policies_of_queues_and_topics_are_json(client: Client) -> None:
    sqs, sns = client("sqs"), client("sns")
    with refused_by("queue-policy-is-json"):
        sqs.create_queue(QueueName="policies", Attributes={"Policy": "{"})
    topic = sns.create_topic(Name="policies")["TopicArn"]
    with refused_by("topic-policy-is-json"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue="{")


@pytest.fixture
def topic(client: Client) -> str:
    return str(client("sns").create_topic(Name="rules")["TopicArn"])


def test_a_subscription_has_a_protocol_and_an_endpoint_of_it(client: Client, topic: str) -> None:
    sns: Any = client("sns")
    with refused_by("subscription-protocol", message="pigeon"):
        sns.subscribe(TopicArn=topic, Protocol="pigeon", Endpoint="loft")
    with refused_by("email-subscription-has-an-address"):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada")
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="ada@example.com")


def test_a_message_is_not_empty(client: Client, topic: str) -> None:
    with refused_by("published-message-is-not-empty"):
        client("sns").publish(TopicArn=topic, Message="")
