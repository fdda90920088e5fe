"""Training pipelines: a state machine for each, started by its schedule, heard of when it fails."""

import json
from pathlib import Path
from string import Template

from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetDeadLetterConfig,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineEncryptionConfiguration,
    SfnStateMachineLoggingConfiguration,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from environments import Environment
from environments.sections.pipelines import Pipeline
from modules.alarms import Alarms
from modules.encryption import Encryption
from modules.log_group import LogGroup
from modules.names import Limit, arn, name_pattern, physical_name
from modules.permissions_boundary import PermissionsBoundary
from modules.role import Role
from modules.statement import Statement
from modules.training_compute import TrainingCompute
from modules.trust import trust_of_services

__all__ = ["TrainingPipelines"]

_CHECKOUT = Path(__file__).parent.parent
_DAYS_IN_DEAD_LETTER_QUEUE = 14


class TrainingPipelines(Construct):
    """Every pipeline that the environment's file names.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The environment.
        encryption: The key that encrypts executions, logs and undelivered starts.
        boundary: Bounds the roles of state machines and schedules.
        compute: Where steps run.
        alarms: Where failures are told.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        encryption: Encryption,
        boundary: PermissionsBoundary,
        compute: TrainingCompute,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._encryption = encryption
        self._alarms = alarms
        self._compute = compute
        self.logs = LogGroup(
            self,
            "logs",
            name=f"/aws/vendedlogs/states/{physical_name(config, 'pipelines', limit=Limit.LOG_GROUP)}",
            retention_days=config.compute.log_retention_days,
            encryption=encryption,
        )
        self.dead_letters = SqsQueue(
            self,
            "dead-letters",
            name=physical_name(config, "pipelines-dead-letters", limit=Limit.SQS_QUEUE),
            kms_master_key_id=encryption.key_arn,
            message_retention_seconds=_DAYS_IN_DEAD_LETTER_QUEUE * 24 * 3600,
        )
        self.schedules = SchedulerScheduleGroup(
            self, "schedules", name=physical_name(config, "pipelines", limit=Limit.SCHEDULE)
        )
        self._executor = self._executor_role(boundary)
        self._starter = self._starter_role(boundary)
        self.state_machines = {pipeline.name: self._state_machine(pipeline) for pipeline in config.pipelines}
        alarms.add(
            "pipeline-start-undelivered",
            description="A schedule could not start its pipeline: the dead-letter queue holds what it would have said",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            dimensions={"QueueName": self.dead_letters.name},
            threshold=0,
        )

    def grant_start(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` start pipelines, follow them and stop them."""
        return role.allow(
            f"{self.node.id}-start",
            Statement(
                sid="Start",
                actions=("states:DescribeStateMachine", "states:ListExecutions", "states:StartExecution"),
                resources=(self._state_machine_pattern(),),
            ),
            Statement(
                sid="Follow",
                actions=(
                    "states:DescribeExecution",
                    "states:GetExecutionHistory",
                    "states:RedriveExecution",
                    "states:StopExecution",
                ),
                resources=(arn(self._config, "states", f"execution:{name_pattern(self._config)}:*"),),
            ),
        )

    def _state_machine(self, pipeline: Pipeline) -> SfnStateMachine:
        machine = SfnStateMachine(
            self,
            f"pipeline-{pipeline.name}",
            name=physical_name(self._config, pipeline.name, limit=Limit.STATE_MACHINE),
            role_arn=self._executor.arn,
            definition=self._definition(pipeline),
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=False, log_destination=f"{self.logs.arn}:*"
            ),
            encryption_configuration=SfnStateMachineEncryptionConfiguration(
                type="CUSTOMER_MANAGED_KMS_KEY",
                kms_key_id=self._encryption.key_arn,
                kms_data_key_reuse_period_seconds=900,
            ),
        )
        if pipeline.schedule is not None:
            self._schedule(pipeline, machine, pipeline.schedule)
        self._alarms.add(
            f"pipeline-{pipeline.name}-failed",
            description=f"The training pipeline {pipeline.name} failed: see its last execution",
            namespace="AWS/States",
            metric="ExecutionsFailed",
            dimensions={"StateMachineArn": machine.arn},
            threshold=0,
        )
        return machine

    def _definition(self, pipeline: Pipeline) -> str:
        source = (_CHECKOUT / pipeline.definition).read_text(encoding="utf-8")
        # What a definition may ask of the platform it is deployed to, as ${...}.
        filled = Template(source).safe_substitute(
            environment=self._config.name,
            job_definition_arn=self._compute.job_definition.arn,
            **{
                f"{pool.pool.name.replace('-', '_')}_queue_arn": pool.queue_arn
                for pool in self._compute.pools
            },
        )
        return json.dumps(json.loads(filled))

    def _schedule(self, pipeline: Pipeline, machine: SfnStateMachine, expression: str) -> None:
        SchedulerSchedule(
            self,
            f"schedule-{pipeline.name}",
            name=physical_name(self._config, pipeline.name, limit=Limit.SCHEDULE),
            group_name=self.schedules.name,
            schedule_expression=expression,
            schedule_expression_timezone="UTC",
            state="ENABLED" if pipeline.enabled else "DISABLED",
            kms_key_arn=self._encryption.key_arn,
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=machine.arn,
                role_arn=self._starter.arn,
                input=json.dumps({"trigger": "schedule"}),
                dead_letter_config=SchedulerScheduleTargetDeadLetterConfig(arn=self.dead_letters.arn),
                retry_policy=SchedulerScheduleTargetRetryPolicy(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=10
                ),
            ),
        )

    def _executor_role(self, boundary: PermissionsBoundary) -> Role:
        role = Role(
            self,
            "executor",
            config=self._config,
            name="pipeline-executor",
            trust=trust_of_services("states.amazonaws.com", config=self._config),
            boundary=boundary,
        )
        self._compute.grant_submit(role)
        role.allow(
            "job-events",
            Statement(
                sid="HearOfJobs",  # the rule by which Step Functions learns that a job has ended
                actions=("events:DescribeRule", "events:PutRule", "events:PutTargets"),
                resources=(arn(self._config, "events", "rule/StepFunctionsGetEventsForBatchJobsRule"),),
            ),
        )
        role.allow(
            "log-delivery",
            Statement(
                sid="DeliverLogs",  # log deliveries have no resources of their own
                actions=(
                    "logs:CreateLogDelivery",
                    "logs:DeleteLogDelivery",
                    "logs:DescribeLogGroups",
                    "logs:DescribeResourcePolicies",
                    "logs:GetLogDelivery",
                    "logs:ListLogDeliveries",
                    "logs:PutResourcePolicy",
                    "logs:UpdateLogDelivery",
                ),
                resources=("*",),
            ),
        )
        role.allow("encrypt-states", self._encryption.encrypt_statement("states"))
        return role

    def _starter_role(self, boundary: PermissionsBoundary) -> Role:
        role = Role(
            self,
            "starter",
            config=self._config,
            name="pipeline-starter",
            trust=trust_of_services("scheduler.amazonaws.com", config=self._config),
            boundary=boundary,
        )
        role.allow(
            "start",
            Statement(
                sid="Start", actions=("states:StartExecution",), resources=(self._state_machine_pattern(),)
            ),
            Statement(
                sid="KeepUndelivered", actions=("sqs:SendMessage",), resources=(self.dead_letters.arn,)
            ),
            self._encryption.encrypt_statement("sqs"),
            Statement(
                sid="ReadOwnSchedules",
                actions=("kms:Decrypt",),
                resources=(self._encryption.key_arn,),
                conditions={
                    "StringEquals": {"kms:ViaService": f"scheduler.{self._config.region}.amazonaws.com"}
                },
            ),
        )
        return role

    def _state_machine_pattern(self) -> str:
        return arn(self._config, "states", f"stateMachine:{name_pattern(self._config)}")
