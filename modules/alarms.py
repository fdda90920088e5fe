"""Alarms, the encrypted SNS topic that they notify, and its subscriptions."""

import hashlib

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from environments.sections.observability import Observability as ObservabilityConfig
from modules.encryption import Encryption
from modules.iam.statement import Conditions, Statement, policy_document
from modules.logical_id import logical_id
from modules.names import Limit, Names

__all__ = ["Alarms"]


class Alarms(Construct):
    """An SNS topic, and the CloudWatch alarms that publish to it.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `observability` of the environment's file.
        names: The names of the environment; its `observability.emails` are subscribed.
        encryption: The key that encrypts the messages.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: ObservabilityConfig, names: Names, encryption: Encryption
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self._has_budget = config.budget
        self.resource = SnsTopic(
            self,
            "topic",
            name=names.physical("alarms", limit=Limit.SNS_TOPIC),
            kms_master_key_id=encryption.key_arn,
        )
        SnsTopicPolicy(self, "policy", arn=self.topic_arn, policy=policy_document(self._publishers()))
        for index, email in enumerate(config.emails):
            # By address: with its number, the removal of one address would replace the subscriptions after it, and
            # their addresses would have to confirm again.
            subscription = SnsTopicSubscription(
                self, f"email-{_digest(email)}", topic_arn=self.topic_arn, protocol="email", endpoint=email
            )
            # Release 0.1 numbered them.
            subscription.move_from_id(f"aws_sns_topic_subscription.{logical_id(id, f'email-{index}')}")
        self.alarms: list[CloudwatchMetricAlarm] = []

    @property
    def topic_arn(self) -> str:
        """The topic's ARN."""
        return self.resource.arn

    def add(
        self,
        id: str,
        *,
        description: str,
        namespace: str,
        metric: str,
        dimensions: dict[str, str],
        threshold: float,
        statistic: str = "Sum",
        above: bool = True,
        periods: int = 1,
        period_seconds: int = 300,
    ) -> CloudwatchMetricAlarm:
        """Add an alarm that notifies the topic when a metric crosses a threshold, and again when it returns.

        Args:
            id: The alarm's id, and the end of its name.
            description: What happened and what to do, for the person on call.
            namespace: The metric's namespace, as in `AWS/RDS`.
            metric: The metric's name.
            dimensions: The dimensions of the series.
            threshold: In the metric's own unit.
            statistic: The statistic over the values of a period.
            above: Whether the alarm goes off above the threshold; if not, below it.
            periods: Consecutive periods in which the metric must be beyond the threshold.
            period_seconds: Length of a period in seconds, a multiple of 60.
        """
        alarm = CloudwatchMetricAlarm(
            self,
            id,
            alarm_name=self._names.physical(id, limit=Limit.ALARM),
            alarm_description=description,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic=statistic,
            comparison_operator="GreaterThanThreshold" if above else "LessThanThreshold",
            threshold=threshold,
            evaluation_periods=periods,
            period=period_seconds,
            treat_missing_data="notBreaching",  # a paused cluster publishes no metrics
            alarm_actions=[self.topic_arn],
            ok_actions=[self.topic_arn],
        )
        self.alarms.append(alarm)
        return alarm

    def add_for_rule(
        self, id: str, rule: CloudwatchEventRule, *, description: str, metric: str = "FailedInvocations"
    ) -> CloudwatchMetricAlarm:
        """Add an alarm for events that EventBridge cannot deliver to the targets of `rule`.

        Args:
            id: The alarm's id, and the end of its name.
            rule: A rule of the default event bus.
            description: What happened and what to do.
            metric: `FailedInvocations` counts events that were dropped. It does not count events that are in the
                dead-letter queue of a target; `InvocationsFailedToBeSentToDlq` counts events that could not be sent
                there.
        """
        return self.add(
            id,
            description=description,
            namespace="AWS/Events",
            metric=metric,
            dimensions={"RuleName": rule.name},
            threshold=0,
        )

    def _publishers(self) -> tuple[Statement, ...]:
        def publish(sid: str, *services: str, conditions: Conditions) -> Statement:
            return Statement(
                sid=sid,
                principals={"Service": services},
                actions=("sns:Publish",),
                resources=(self.topic_arn,),
                conditions=conditions,
            )

        of_account = {"StringEquals": {"aws:SourceAccount": self._names.account}}
        return (
            publish(
                "ServicesOfThisAccount",
                *(("budgets.amazonaws.com",) if self._has_budget else ()),
                "cloudwatch.amazonaws.com",
                conditions=of_account,
            ),
            # Without a condition: EventBridge sends SNS no context key, so that any condition would drop every event.
            # Source: Amazon EventBridge User Guide, "Using resource-based policies", on Amazon SNS.
            publish("EventBridge", "events.amazonaws.com", conditions={}),
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
