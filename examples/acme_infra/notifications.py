"""Notifications of jobs and people: a topic, its subscribers, and a queue that keeps them for other programs."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct
from pydantic import Field, JsonValue

from modules.extensions import (
    Collaborators,
    Cost,
    Extension,
    ExtensionConfig,
    Limit,
    Role,
    ServicePermissions,
    Statement,
    policy_document,
    waive,
)

__all__ = ["Notifications", "NotificationsConfig"]

_MILLION_NOTIFICATIONS = 0.50  # USD: Amazon SNS pricing, HTTP and SQS deliveries and requests, us-east-1
_SECONDS_PER_DAY = 86_400


class NotificationsConfig(ExtensionConfig):
    """`[extensions.config]` in the environment's file."""

    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = ()
    """Addresses that receive every notification, such as that of a Slack channel."""

    retention_days: Annotated[int, Field(ge=1, le=14)] = 4
    """Days that the queue keeps a notification that no program has processed."""

    million_per_month: Annotated[float, Field(ge=0)] = 0.1
    """Expected notifications, for `terrarium cost`."""


class Notifications(Extension):
    """An encrypted topic to which scientists, notebooks and jobs publish."""

    config_model = NotificationsConfig
    # A topic that delivers to an encrypted queue uses the key itself.
    key_services = ("sns.amazonaws.com",)
    # The kit grants no role to publish: its own topic is for alarms.
    permissions = (
        ServicePermissions(service="sns", resources=("{name}",), use=("Publish",)),
        # For the drift check.
        ServicePermissions(service="sqs", resources=("{name}",), read=("ListDeadLetterSourceQueues",)),
    )
    policies = "examples.acme_infra.policies:POLICIES"
    drift_checks = "examples.acme_infra.drift:CHECKS"

    def __init__(
        self, scope: Construct, id: str, *, config: NotificationsConfig, collaborators: Collaborators
    ) -> None:
        super().__init__(scope, id, config=config, collaborators=collaborators)
        self.topic = SnsTopic(
            self,
            "topic",
            name=self.physical_name("events", limit=Limit.SNS_TOPIC),
            kms_master_key_id=collaborators.encryption.key_arn,
        )
        self.queue = self._subscribed_queue(config)
        for email in config.emails:
            SnsTopicSubscription(
                self, f"email-{email}", topic_arn=self.topic.arn, protocol="email", endpoint=email
            )
        self.alarm(
            "unprocessed",
            description="A notification has waited for an hour. Look at the program that reads the queue.",
            namespace="AWS/SQS",
            metric="ApproximateAgeOfOldestMessage",
            statistic="Maximum",
            dimensions={"QueueName": self.queue.name},
            threshold=3600,
        )
        for role in collaborators.users:
            self._grant_publish(role)

    @classmethod
    def cost(cls, config: NotificationsConfig) -> Cost:
        """Return the price of the expected notifications."""
        return Cost(idle=0, typical=config.million_per_month * _MILLION_NOTIFICATIONS)

    @property
    def manifest(self) -> Mapping[str, JsonValue]:
        """The topic and the queue, for code that publishes and for programs that read."""
        return {"topic_arn": self.topic.arn, "queue_url": self.queue.url}

    def _subscribed_queue(self, config: NotificationsConfig) -> SqsQueue:
        queue = SqsQueue(
            self,
            "queue",
            name=self.physical_name("events", limit=Limit.SQS_QUEUE),
            kms_master_key_id=self.collaborators.encryption.key_arn,
            message_retention_seconds=config.retention_days * _SECONDS_PER_DAY,
        )
        delivery = Statement(
            sid="TopicDelivers",
            principals={"Service": ("sns.amazonaws.com",)},
            actions=("sqs:SendMessage",),
            resources=(queue.arn,),
            conditions={"ArnEquals": {"aws:SourceArn": self.topic.arn}},
        )
        policy = SqsQueuePolicy(self, "queue-policy", queue_url=queue.url, policy=policy_document([delivery]))
        subscription = SnsTopicSubscription(
            self,
            "queue-subscription",
            topic_arn=self.topic.arn,
            protocol="sqs",
            endpoint=queue.arn,
            depends_on=[policy],
        )
        waive(
            subscription,
            "dead-letter",
            owner="acme-infra",
            reason="A notification starts no work: what it announces is in the run or the job that published it",
            expires=date(2027, 11, 30),
        )
        return queue

    def _grant_publish(self, role: Role) -> None:
        publish = Statement(sid="Publish", actions=("sns:Publish",), resources=(self.topic.arn,))
        # SNS encrypts a message with the permissions of the publisher.
        self.grant(role, "publish", publish, self.collaborators.encryption.encrypt_statement("sns"))
