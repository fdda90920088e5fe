"""Training pipelines: a state machine for each, started by its schedule, heard of when it fails."""

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
from modules.pipelines.definition import PipelineDefinition, queues
from modules.pipelines.triggers import PipelineTriggers
from modules.waivers import waive

__all__ = ["TrainingPipelines"]

_DAYS_IN_DEAD_LETTER_QUEUE = 14


class TrainingPipelines(Construct):
    """Every pipeline that the environment's file names.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        names: The names of the environment's resources.
        definitions: The pipelines.
        log_retention_days: Days that the logs of executions are kept.
        encryption: The key that encrypts executions, logs and undelivered starts.
        boundary: Bounds the roles of state machines and schedules.
        compute: Where steps run.
        artifacts: Where steps leave their outputs, where their code is published, and where data arrives.
        alarms: Where failures are told.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        definitions: tuple[PipelineDefinition, ...],
        log_retention_days: LogRetentionDays,
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
        hears = any(one.awaits_data for one in definitions)
        if hears:
            SqsQueuePolicy(
                self,
                "dead-letters-policy",
                queue_url=self.dead_letters.url,
                policy=policy_document((self._keep_events(),)),
            )
        self._executor = self._executor_role(boundary)
        self._triggers = PipelineTriggers(
            self,
            "triggers",
            names=names,
            group=self.schedules,
            dead_letters=self.dead_letters,
            encryption=encryption,
            starter=self._starter_role(boundary, hears=hears),
            artifacts=artifacts,
            alarms=alarms,
        )
        self.state_machines = {one.name: self._state_machine(one) for one in definitions}
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
            # Definitions, inputs and histories are encrypted: reading them takes kms:Decrypt.
            self._encryption.decrypt_statement("states"),
        )

    @property
    def state_machine_prefix(self) -> str:
        """What the ARN of every state machine begins with; the pipeline's name, which is never cut, follows."""
        return self._names.arn(
            "states",
            f"stateMachine:{self._names.physical('', limit=Limit.STATE_MACHINE)}",
        )

    def grant_publish(self, role: Role) -> None:
        """Let `role` find where pipelines are written, and publish the code that they run."""
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
        machine = SfnStateMachine(
            self,
            f"pipeline-{pipeline.name}",
            name=self._names.physical(pipeline.name, limit=Limit.STATE_MACHINE),
            role_arn=self._executor.arn,
            definition=pipeline.filled(self._values()),
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
            reason="Every step is one job with a log and a run of its own; traces would cost and tell no more.",
            expires=date(2027, 6, 30),
        )
        waive(
            machine,
            "CKV_AWS_285",
            owner="ml-platform",
            reason="All events are logged; inputs and outputs, which may hold data, stay in the encrypted history.",
            expires=date(2027, 6, 30),
        )
        self._start_by_itself(pipeline, machine)
        self._alarm(pipeline.name, machine)
        return machine

    def _alarm(self, name: str, machine: SfnStateMachine) -> None:
        # Not on ExecutionsAborted: somebody stopped those.
        for part, metric, problem in (
            ("failed", "ExecutionsFailed", "failed"),
            ("timed-out", "ExecutionsTimedOut", "did not end within its deadline"),
        ):
            self._alarms.add(
                f"pipeline-{name}-{part}",
                description=f"The training pipeline {name} {problem}: see its last execution",
                namespace="AWS/States",
                metric=metric,
                dimensions={"StateMachineArn": machine.arn},
                threshold=0,
            )

    def _values(self) -> dict[str, str]:
        """What a definition may ask of the platform it is deployed to, as ${...}."""
        return {
            "artifacts_bucket": self._artifacts.name,
            "artifacts_prefix": self._artifacts.artifacts_prefix,
            "environment": self._names.environment,
            "job_definition_arn": self._compute.base.definition.arn,
            **queues(self._compute.pools),
        }

    def _start_by_itself(self, pipeline: PipelineDefinition, machine: SfnStateMachine) -> None:
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
        # What steps leave to each other, and which code there is.
        self._artifacts.grant_read(role, prefix=f"{self._artifacts.artifacts_prefix}pipelines/")
        self._artifacts.grant_read(role, prefix=f"{self._artifacts.published_prefix}pipelines/")
        role.allow(
            "absent-outputs",
            Statement(
                # A step that was left out has no outputs, and S3 tells only those of it who may list the whole bucket.
                sid="LearnOfAbsence",
                actions=("s3:ListBucket",),
                resources=(self._artifacts.arn,),
            ),
        )
        role.allow(
            "job-events",
            Statement(
                sid="HearOfJobs",  # the rule by which Step Functions learns that a job has ended
                actions=("events:DescribeRule", "events:PutRule", "events:PutTargets"),
                resources=(self._names.arn("events", "rule/StepFunctionsGetEventsForBatchJobsRule"),),
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
        role.allow("encrypt-states", *self._encryption.execution_statements())
        return role

    def _starter_role(self, boundary: PermissionsBoundary, *, hears: bool) -> Role:
        services = (
            ("events.amazonaws.com", "scheduler.amazonaws.com") if hears else ("scheduler.amazonaws.com",)
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
                sid="KeepUndelivered", actions=("sqs:SendMessage",), resources=(self.dead_letters.arn,)
            ),
            self._encryption.encrypt_statement("sqs"),
            self._encryption.schedule_statement(),
        )
        return role

    def _keep_events(self) -> Statement:
        return Statement(
            sid="EventBridgeKeepsWhatItCouldNotDeliver",
            principals={"Service": ("events.amazonaws.com",)},
            actions=("sqs:SendMessage",),
            resources=(self.dead_letters.arn,),
            conditions={
                "ArnLike": {"aws:SourceArn": self._names.arn("events", f"rule/{self._names.pattern}")}
            },
        )

    def _state_machine_pattern(self) -> str:
        return self._names.arn("states", f"stateMachine:{self._names.pattern}")
