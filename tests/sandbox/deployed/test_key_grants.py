"""The grants of the stacks as the roles that have them: a pipeline runs and is followed, a notice and logs arrive.

`dev` is synthesized and not deployed: its key, roles and policies are made by boto3; its state machine does nothing.
Each grant that is taken away is missed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.verdict import synthesized
from tests.support.local_sandbox import LocalSandbox
from tests.support.metrics import counted
from tests.support.role_sessions import Session, as_person, as_workflow, refused
from tests.support.stack_identities import StackIdentities
from tests.support.state_machines import until

PASSING = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}}
LOGS = "/aws/vendedlogs/states/terrarium-dev-pipelines"
MACHINE = "arn:aws:states:eu-central-1:111111111111:stateMachine:terrarium-dev-breast-cancer"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """The key, the roles of pipelines, scientists and CI, the state machine, its schedule, the topic of alarms."""
    stack = next(one for one in synthesized(tmp_path_factory.mktemp("stacks")) if one.name == "dev")
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=Path(__file__).parents[3])
    sandbox.command("up", "--port", "0")

    roles = ("access/scientist", "access/delivery/plan", "pipelines/executor", "pipelines/starter")
    identities = StackIdentities.create(stack, sandbox, *roles)
    identities.client("iam").create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )
    identities.client("logs").create_log_group(logGroupName=LOGS)
    identities.client("stepfunctions").create_state_machine(
        name="terrarium-dev-breast-cancer",
        definition=json.dumps(PASSING),
        roleArn=identities.role_arn("pipelines/executor"),
        encryptionConfiguration={"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": identities.key_arn},
        loggingConfiguration={
            "level": "ALL",
            "destinations": [
                {
                    "cloudWatchLogsLogGroup": {
                        "logGroupArn": f"arn:aws:logs:eu-central-1:111111111111:log-group:{LOGS}:*"
                    }
                }
            ],
        },
    )
    sandbox.command("enforce-iam")
    yield identities
    sandbox.command("down")
    sandbox.command("reset", "--yes")


@pytest.fixture(scope="module")
def scientist(dev: StackIdentities) -> Session:
    return as_person(dev.sandbox, "dev", dev.role_arn("access/scientist"))


def ended(dev: StackIdentities, execution: str) -> None:
    states = dev.client("stepfunctions")
    until(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING")


def test_a_scientist_starts_follows_stops_and_resumes_a_pipeline(
    dev: StackIdentities, scientist: Session
) -> None:
    states = scientist.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=MACHINE, name="by-hand")["executionArn"]
    ended(dev, execution)
    assert states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
    assert states.get_execution_history(executionArn=execution)["events"]
    assert states.describe_state_machine(stateMachineArn=MACHINE)["definition"]
    states.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
    with pytest.raises(states.exceptions.ExecutionNotRedrivable):
        states.redrive_execution(executionArn=execution)


def test_no_pipeline_starts_without_the_grant_of_its_role(dev: StackIdentities, scientist: Session) -> None:
    with (
        dev.without("pipelines/executor", "EncryptStatesEncryptExecutions"),
        refused("kms:GenerateDataKey"),
    ):
        scientist.client("stepfunctions").start_execution(stateMachineArn=MACHINE)


def test_no_scientist_follows_without_the_grant(dev: StackIdentities, scientist: Session) -> None:
    states = scientist.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=MACHINE)["executionArn"]
    with dev.without("access/scientist", "PipelinesStartDecryptThroughStates"), refused("kms:Decrypt"):
        states.describe_execution(executionArn=execution)
    states.describe_execution(executionArn=execution)


def test_ci_plan_refreshes_state_machines_and_not_without_the_grant(dev: StackIdentities) -> None:
    plan = as_workflow(dev.sandbox, "dev", dev.role_arn("access/delivery/plan"), subject="pull_request")
    states = plan.client("stepfunctions")
    states.describe_state_machine(stateMachineArn=MACHINE)
    with dev.without("access/delivery/plan", "RefreshDecryptThroughStates"), refused("kms:Decrypt"):
        states.describe_state_machine(stateMachineArn=MACHINE)


@pytest.mark.parametrize(
    ("path", "sid"), [("pipelines/executor", "EncryptStatesEncryptLogs"), ("key", "LogDelivery")]
)
def test_logs_arrive_and_not_without_the_grant(
    dev: StackIdentities, scientist: Session, path: str, sid: str
) -> None:
    states, logs = scientist.client("stepfunctions"), dev.client("logs")

    def logged() -> set[str]:
        execution = states.start_execution(stateMachineArn=MACHINE)["executionArn"]
        ended(dev, execution)
        events = logs.filter_log_events(logGroupName=LOGS)["events"]
        return {json.loads(event["message"])["execution_arn"] for event in events} & {execution}

    with dev.without(path, sid):
        assert not logged()
    assert logged()


def test_a_schedule_starts_it_and_not_without_the_grant(dev: StackIdentities) -> None:
    scheduler, states = dev.client("scheduler"), dev.client("stepfunctions")
    letters = dev.client("sqs").create_queue(
        QueueName="terrarium-dev-pipelines-dead-letters", Attributes={"KmsMasterKeyId": dev.key_arn}
    )["QueueUrl"]
    scheduler.create_schedule_group(Name="terrarium-dev-pipelines")
    scheduler.create_schedule(
        Name="terrarium-dev-breast-cancer",
        GroupName="terrarium-dev-pipelines",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        KmsKeyArn=dev.key_arn,
        State="DISABLED",
        Target={
            "Arn": MACHINE,
            "RoleArn": dev.role_arn("pipelines/starter"),
            "Input": '{"trigger": {"kind": "schedule"}}',
            "DeadLetterConfig": {
                "Arn": "arn:aws:sqs:eu-central-1:111111111111:terrarium-dev-pipelines-dead-letters"
            },
            "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
        },
    )

    def started() -> list[Any]:
        found = states.list_executions(stateMachineArn=MACHINE)["executions"]
        described = [states.describe_execution(executionArn=one["executionArn"]) for one in found]
        return [one for one in described if "schedule" in one["input"]]

    enabled = scheduler.get_schedule(Name="terrarium-dev-breast-cancer", GroupName="terrarium-dev-pipelines")
    enabled = {name: value for name, value in enabled.items() if name in _OF_SCHEDULES} | {"State": "ENABLED"}
    with dev.without("pipelines/starter", "StartDecryptSchedules"):
        scheduler.update_schedule(**enabled)  # a rate fires at once, too
        dev.sandbox.command("clock", "--advance", "1h")
        assert dev.client("sqs").receive_message(QueueUrl=letters)["Messages"]
        assert not started()
    dev.sandbox.command("clock", "--advance", "1h")
    assert started()


_OF_SCHEDULES = {
    "FlexibleTimeWindow",
    "GroupName",
    "KmsKeyArn",
    "Name",
    "ScheduleExpression",
    "Target",
}


def test_a_notice_of_a_failed_job_arrives_and_not_without_the_grant(dev: StackIdentities) -> None:
    sns, sqs, events = dev.client("sns"), dev.client("sqs"), dev.client("events")
    topic = sns.create_topic(Name="terrarium-dev-alarms", Attributes={"KmsMasterKeyId": dev.key_arn})[
        "TopicArn"
    ]
    policy = dev.document(dev.resource("aws_sns_topic_policy"))
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(policy))
    sender = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    heard = sqs.create_queue(
        QueueName="heard", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [sender]})}
    )["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-central-1:111111111111:heard")
    rule = "terrarium-dev-failed-jobs"
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["jobs"]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "topic", "Arn": topic}])

    def tell(expected: str) -> None:
        cloudwatch = dev.client("cloudwatch")
        events.put_events(Entries=[{"Source": "jobs", "DetailType": "failed", "Detail": "{}"}])
        until(lambda: counted(cloudwatch, expected, "AWS/Events", RuleName=rule))

    with dev.without("key", "EventBridgePublishes"):
        tell("FailedInvocations")
        assert "Messages" not in sqs.receive_message(QueueUrl=heard)
    tell("Invocations")
    assert sqs.receive_message(QueueUrl=heard)["Messages"]
