"""Schedules, data arrivals and drift checks that start pipelines."""

import json
from typing import Any

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetDeadLetterConfig,
    CloudwatchEventTargetInputTransformer,
    CloudwatchEventTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.sfn_state_machine import SfnStateMachine
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from modules.alarms import Alarms
from modules.artifacts import Artifacts
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.names import Limit, Names

__all__ = ["PipelineTriggers"]

_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
# A start that AWS refuses, for example by throttling, is retried for an hour.
_RETRY_SECONDS = 3600
_RETRIES = 10


class PipelineTriggers(Construct):
    """EventBridge schedules and rules that start state machines.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        group: The group of the schedules.
        dead_letters: The queue of events that could not be delivered.
        encryption: The key that encrypts schedules.
        starter: The role that starts state machines.
        artifacts: The bucket of arriving data. It sends events to EventBridge if a pipeline waits for data.
        alarms: The topic that lost events are reported to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        group: SchedulerScheduleGroup,
        dead_letters: SqsQueue,
        encryption: Encryption,
        starter: Role,
        artifacts: Artifacts,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self._group = group
        self._dead_letters = dead_letters
        self._encryption = encryption
        self._starter = starter
        self._artifacts = artifacts
        self._alarms = alarms

    def schedule(
        self, name: str, machine: SfnStateMachine, expression: str, *, kind: str = "schedule", enabled: bool
    ) -> None:
        """Start a state machine on a schedule. Its input contains the kind of trigger and the scheduled time."""
        part = name if kind == "schedule" else f"{name}-{kind}"
        SchedulerSchedule(
            self,
            f"schedule-{part}",
            name=self._names.physical(part, limit=Limit.SCHEDULE),
            group_name=self._group.name,
            schedule_expression=expression,
            schedule_expression_timezone="UTC",
            state="ENABLED" if enabled else "DISABLED",
            kms_key_arn=self._encryption.key_arn,
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=machine.arn,
                role_arn=self._starter.arn,
                input=json.dumps({"trigger": {"kind": kind, "time": _SCHEDULED_TIME}}),
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=self._dead_letters.arn),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=_RETRY_SECONDS, maximum_retry_attempts=_RETRIES
                ),
            ),
        )

    def arrival(
        self, name: str, number: int, machine: SfnStateMachine, prefix: str, *, enabled: bool
    ) -> None:
        """Start a state machine for each new object below a prefix of the artifacts."""
        part = f"{name}-arrival-{number}"
        pattern: dict[str, Any] = {
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {
                "bucket": {"name": [self._artifacts.name]},
                "object": {"key": [{"prefix": f"{self._artifacts.artifacts_prefix}{prefix}"}]},
            },
        }
        rule = CloudwatchEventRule(
            self,
            f"rule-{part}",
            name=self._names.physical(part, limit=Limit.EVENT_RULE),
            description=f"Starts the pipeline {name} when data arrives",
            event_pattern=json.dumps(pattern),
            state="ENABLED" if enabled else "DISABLED",
        )
        CloudwatchEventTarget(
            self,
            f"target-{part}",
            rule=rule.name,
            arn=machine.arn,
            role_arn=self._starter.arn,
            dead_letter_config=CloudwatchEventTargetDeadLetterConfig(arn=self._dead_letters.arn),
            retry_policy=CloudwatchEventTargetRetryPolicy(
                maximum_event_age_in_seconds=_RETRY_SECONDS, maximum_retry_attempts=_RETRIES
            ),
            input_transformer=CloudwatchEventTargetInputTransformer(
                input_paths={"key": "$.detail.object.key", "version": "$.detail.object.version-id"},
                input_template='{"trigger": {"kind": "data-arrival", "key": <key>, "version": <version>}}',
            ),
        )
        self._alarms.add_for_rule(
            f"pipeline-{part}-lost",
            rule,
            description=f"Data arrived for the training pipeline {name}, but did not start it, and the event is not "
            "in the dead-letter queue. Start the pipeline by hand, and check the policies of the queue and key.",
            metric="InvocationsFailedToBeSentToDlq",
        )
