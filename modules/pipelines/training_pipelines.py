"""Training pipelines: one state machine each, with schedules, triggers, logs and alarms."""

from datetime import date

from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from cdktf_cdktf_provider_aws.sfn_state_machine import (
    SfnStateMachine,
    SfnStateMachineEncryptionConfiguration,
    SfnStateMachineLoggingConfiguration,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from environments.sections.section import LogRetentionDays
from modules.alarms import Alarms
from modules.artifacts import Artifacts
from modules.compute.training_compute import TrainingCompute
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.statement import Statement, policy_document
from modules.iam.trust import trust_of_services
from modules.log_group import LogGroup
from modules.names import Limit, Names
from modules.pipelines.definition import PipelineDefinition, check_fargate_sizes, pool_placeholders
from modules.pipelines.triggers import PipelineTriggers
from modules.waivers import waive

__all__ = ["TrainingPipelines"]

_DAYS_IN_DEAD_LETTER_QUEUE = 14


class TrainingPipelines(Construct):
    """The state machines of an environment's pipelines, and the roles that run and start them.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        definitions: The pipelines.
        log_retention_days: Days that the logs of executions are kept.
        tags: The tags of the jobs of steps.
        encryption: The key that encrypts executions, logs and undelivered events.
        boundary: The permissions boundary of the roles of state machines and schedules.
        compute: The compute that runs steps.
        artifacts: The bucket of outputs of steps, of published code and of arriving data.
        alarms: The topic that failures are reported to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        definitions: tuple[PipelineDefinition, ...],
        log_retention_days: LogRetentionDays,
        tags: dict[str, str],
        encryption: Encryption,
        boundary: PermissionsBoundary,
        compute: TrainingCompute,
        artifacts: Artifacts,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._names = names
        self._encryption = encryption
        self._alarms = alarms
        self._compute = compute
        self._artifacts = artifacts
        self._tags = tags
        self.logs = LogGroup(
            self,
            "logs",
            name=f"/aws/vendedlogs/states/{names.physical('pipelines', limit=Limit.LOG_GROUP)}",
            retention_days=log_retention_days,
            encryption=encryption,
        )
        self.dead_letters = SqsQueue(
            self,
            "dead-letters",
            name=names.physical("pipelines-dead-letters", limit=Limit.SQS_QUEUE),
            kms_master_key_id=encryption.key_arn,
            message_retention_seconds=_DAYS_IN_DEAD_LETTER_QUEUE * 24 * 3600,
        )
        self.schedules = SchedulerScheduleGroup(
            self, "schedules", name=names.physical("pipelines", limit=Limit.SCHEDULE)
        )
        awaits_data = any(one.awaits_data for one in definitions)
        if awaits_data:
            SqsQueuePolicy(
                self,
                "dead-letters-policy",
                queue_url=self.dead_letters.url,
                policy=policy_document((self._dead_letter_statement(),)),
            )
        self._executor = self._executor_role(boundary)
        self._triggers = PipelineTriggers(
            self,
            "triggers",
            names=names,
            group=self.schedules,
            dead_letters=self.dead_letters,
            encryption=encryption,
            starter=self._starter_role(boundary, awaits_data=awaits_data),
            artifacts=artifacts,
            alarms=alarms,
        )
        self.state_machines = {one.name: self._state_machine(one) for one in definitions}
        alarms.add(
            "pipeline-start-undelivered",
            description="A schedule or a trigger could not start its pipeline. The undelivered StartExecution "
            "event is in the dead-letter queue.",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            dimensions={"QueueName": self.dead_letters.name},
            threshold=0,
        )

    def grant_start(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` start, describe, redrive and stop pipelines."""
        return role.allow(
            f"{self._id}-start",
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
                resources=(self._names.arn("states", f"execution:{self._names.pattern}:*"),),
            ),
            # Definitions, inputs and histories are encrypted: reading them needs kms:Decrypt.
            self._encryption.decrypt_statement("states"),
        )

    @property
    def state_machine_prefix(self) -> str:
        """The beginning of the ARN of every state machine. The pipeline's name follows, which is never shortened."""
        return self._names.arn(
            "states",
            f"stateMachine:{self._names.physical('', limit=Limit.STATE_MACHINE)}",
        )

    def grant_publish(self, role: Role) -> None:
        """Let `role` find the modules of pipelines by their tags, and publish the code of pipelines."""
        role.allow(
            f"{self._id}-find",
            Statement(
                sid="FindDefinitions",
                actions=("states:ListTagsForResource",),
                resources=(self._state_machine_pattern(),),
            ),
        )
        self._artifacts.grant_read(role, prefix=self._artifacts.published_prefix)
        self._artifacts.grant_write(role, prefix=self._artifacts.published_prefix)

    def _state_machine(self, pipeline: PipelineDefinition) -> SfnStateMachine:
        definition = pipeline.fill(self._values(), tags=self._tags, partition=self._names.partition)
        check_fargate_sizes(pipeline, self._compute.pools)
        machine = SfnStateMachine(
            self,
            f"pipeline-{pipeline.name}",
            name=self._names.physical(pipeline.name, limit=Limit.STATE_MACHINE),
            role_arn=self._executor.arn,
            definition=definition,
            tags=pipeline.tags,
            logging_configuration=SfnStateMachineLoggingConfiguration(
                level="ALL", include_execution_data=False, log_destination=f"{self.logs.arn}:*"
            ),
            encryption_configuration=SfnStateMachineEncryptionConfiguration(
                type="CUSTOMER_MANAGED_KMS_KEY",
                kms_key_id=self._encryption.key_arn,
                kms_data_key_reuse_period_seconds=900,
            ),
        )
        waive(
            machine,
            "CKV_AWS_284",
            owner="ml-platform",
            reason="Every step is a job with its own log and run; traces would add cost and no information.",
            expires=date(2027, 6, 30),
        )
        waive(
            machine,
            "CKV_AWS_285",
            owner="ml-platform",
            reason="All events are logged; inputs and outputs, which may hold data, stay in the encrypted history.",
            expires=date(2027, 6, 30),
        )
        self._add_triggers(pipeline, machine)
        self._alarm(pipeline.name, machine)
        return machine

    def _alarm(self, name: str, machine: SfnStateMachine) -> None:
        # Not for ExecutionsAborted: a person has stopped those.
        for part, metric, problem in (
            ("failed", "ExecutionsFailed", "failed"),
            ("timed-out", "ExecutionsTimedOut", "exceeded its timeout"),
        ):
            self._alarms.add(
                f"pipeline-{name}-{part}",
                description=f"The training pipeline {name} {problem}. Look at its last execution.",
                namespace="AWS/States",
                metric=metric,
                dimensions={"StateMachineArn": machine.arn},
                threshold=0,
            )

    def _values(self) -> dict[str, str]:
        """Return the values of the placeholders of definitions."""
        return {
            "artifacts_bucket": self._artifacts.name,
            "artifacts_prefix": self._artifacts.artifacts_prefix,
            "environment": self._names.environment,
            "job_definition_arn": self._compute.base.definition.arn,
            **pool_placeholders(self._compute.pools, job_definition_arn=self._compute.base.definition.arn),
        }

    def _add_triggers(self, pipeline: PipelineDefinition, machine: SfnStateMachine) -> None:
        name, enabled = pipeline.name, pipeline.enabled
        if pipeline.schedule is not None:
            self._triggers.schedule(name, machine, pipeline.schedule, enabled=enabled)
        for number, trigger in enumerate(pipeline.triggers):
            if trigger.kind == "drift":
                self._triggers.schedule(name, machine, trigger.schedule, kind="drift", enabled=enabled)
            else:
                self._triggers.arrival(name, number, machine, trigger.prefix, enabled=enabled)

    def _executor_role(self, boundary: PermissionsBoundary) -> Role:
        role = Role(
            self,
            "executor",
            names=self._names,
            name="pipeline-executor",
            trust=trust_of_services("states.amazonaws.com", names=self._names),
            boundary=boundary,
        )
        self._compute.grant_submit_all(role)
        # Outputs of steps, and the published code.
        self._artifacts.grant_read(role, prefix=f"{self._artifacts.artifacts_prefix}pipelines/")
        self._artifacts.grant_read(role, prefix=f"{self._artifacts.published_prefix}pipelines/")
        role.allow(
            "absent-outputs",
            Statement(
                # A skipped step has no outputs. S3 answers NoSuchKey only if the caller may list the whole bucket, else
                # AccessDenied.
                sid="ListBucket",
                actions=("s3:ListBucket",),
                resources=(self._artifacts.arn,),
            ),
        )
        role.allow(
            "job-events",
            Statement(
                sid="ManageJobRule",  # by this rule, Step Functions learns that a job has ended
                actions=("events:DescribeRule", "events:PutRule", "events:PutTargets"),
                resources=(self._names.arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"),),
            ),
        )
        role.allow(
            "log-delivery",
            Statement(
                sid="DeliverLogs",  # these actions take no resource
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
        role.allow("encrypt-states", *self._encryption.execution_statements())
        return role

    def _starter_role(self, boundary: PermissionsBoundary, *, awaits_data: bool) -> Role:
        services = (
            ("events.amazonaws.com", "scheduler.amazonaws.com")
            if awaits_data
            else ("scheduler.amazonaws.com",)
        )
        role = Role(
            self,
            "starter",
            names=self._names,
            name="pipeline-starter",
            trust=trust_of_services(*services, names=self._names),
            boundary=boundary,
        )
        role.allow(
            "start",
            Statement(
                sid="Start", actions=("states:StartExecution",), resources=(self._state_machine_pattern(),)
            ),
            Statement(
                sid="SendDeadLetters", actions=("sqs:SendMessage",), resources=(self.dead_letters.arn,)
            ),
            self._encryption.encrypt_statement("sqs"),
            self._encryption.schedule_statement(),
        )
        return role

    def _dead_letter_statement(self) -> Statement:
        return Statement(
            sid="EventBridgeDeadLetters",
            principals={"Service": ("events.amazonaws.com",)},
            actions=("sqs:SendMessage",),
            resources=(self.dead_letters.arn,),
            conditions={
                "ArnLike": {"aws:SourceArn": self._names.arn("events", f"rule/{self._names.pattern}")}
            },
        )

    def _state_machine_pattern(self) -> str:
        return self._names.arn("states", f"stateMachine:{self._names.pattern}")
