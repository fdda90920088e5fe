"""Schedules and scheduled rules run by the sandbox's clock: each moment once, as their roles."""

import datetime
import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from terrarium_sandbox.process.running import RunningSandbox
from tests.support.local_sandbox import LocalSandbox
from tests.support.state_machines import create_state_machine, ended, role_of, until

pytest_plugins = ["tests.support.sdk_environment"]

pytestmark = pytest.mark.usefixtures("account")

_PASSING = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "End": True}}}


def schedule(name: str, expression: str, target: dict[str, Any], **rest: Any) -> None:
    boto3.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
        **rest,
    )


def advance(running: RunningSandbox, **by: float) -> None:
    running.ask("PUT", "clock", {"advance_seconds": datetime.timedelta(**by).total_seconds()})


def now(running: RunningSandbox) -> datetime.datetime:
    return datetime.datetime.fromisoformat(running.ask("GET", "clock")["now"])


def queue(name: str) -> str:
    sqs = boto3.client("sqs")
    address = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn: str = sqs.get_queue_attributes(QueueUrl=address, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    return arn


def messages(name: str) -> list[Any]:
    sqs = boto3.client("sqs")
    address = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.receive_message(
        QueueUrl=address, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
    )
    return found.get("Messages", [])


def test_a_schedule_starts_its_state_machine_with_its_input_at_each_of_its_moments(
    running: RunningSandbox,
) -> None:
    """Three days pass at once: three executions, each told which day it is."""
    machine = create_state_machine("nightly", _PASSING)
    schedule(
        "nightly",
        "cron(0 6 * * ? *)",
        {
            "Arn": machine,
            "RoleArn": role_of("scheduler", "nightly-starter"),
            "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
        },
        ScheduleExpressionTimezone="Asia/Tokyo",
    )
    begin = now(running)
    advance(running, days=3)
    states = boto3.client("stepfunctions")
    executions = states.list_executions(stateMachineArn=machine)["executions"]
    inputs = [json.loads(ended(execution["executionArn"])["input"])["at"] for execution in executions]
    days = [begin.date() + datetime.timedelta(days=n) for n in range(4)]
    expected = [f"{day}T21:00:00Z" for day in days]  # six o'clock in Tokyo
    assert len(inputs) == len(set(inputs)) >= 3
    assert set(inputs) <= set(expected)


def test_a_rate_fires_at_once_and_then_evenly_and_a_disabled_schedule_never(running: RunningSandbox) -> None:
    role = role_of("scheduler", "rates")
    target = {"Arn": queue("rates"), "RoleArn": role, "Input": "tick"}
    schedule("rates", "rate(1 hour)", target)
    schedule("disabled", "rate(1 hour)", {**target, "Input": "never"}, State="DISABLED")
    until(lambda: messages("rates"))
    advance(running, hours=2)
    assert [message["Body"] for message in messages("rates")] == ["tick"] * 3


def test_a_schedule_for_one_moment_fires_once_and_goes_if_it_shall(running: RunningSandbox) -> None:
    at = (now(running) + datetime.timedelta(minutes=5)).strftime("at(%Y-%m-%dT%H:%M:%S)")
    target = {"Arn": queue("once"), "RoleArn": role_of("scheduler", "once"), "Input": "now"}
    schedule("once", at, target, ActionAfterCompletion="DELETE")
    advance(running, minutes=4)
    assert not messages("once")
    advance(running, days=1)
    assert len(messages("once")) == 1
    with pytest.raises(ClientError, match="ResourceNotFound"):
        boto3.client("scheduler").get_schedule(Name="once")


def test_a_failed_start_is_in_the_dead_letter_queue_with_its_reason() -> None:
    missing = "arn:aws:states:eu-central-1:210000000001:stateMachine:missing"
    target = {
        "Arn": missing,
        "RoleArn": role_of("scheduler", "undelivered"),
        "Input": '{"trigger": "schedule"}',
        "DeadLetterConfig": {"Arn": queue("undelivered")},
    }
    schedule("undelivered", "rate(1 day)", target)
    (letter,) = until(lambda: messages("undelivered"))
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    assert letter["Body"] == '{"trigger": "schedule"}'
    assert attributes["ERROR_CODE"] == "StateMachineDoesNotExist"
    assert attributes["TARGET_ARN"] == missing


def test_a_schedule_that_aws_would_refuse_is_refused() -> None:
    with pytest.raises(ClientError, match="Invalid Schedule Expression"):
        schedule(
            "refused",
            "cron(0 6 * * *)",
            {"Arn": "arn:aws:sqs:::q", "RoleArn": "arn:aws:iam::123456789012:role/r"},
        )


def test_a_scheduled_rule_invokes_its_targets(running: RunningSandbox) -> None:
    events = boto3.client("events")
    events.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    events.put_targets(
        Rule="hourly",
        Targets=[{"Id": "q", "Arn": queue("hourly")}, {"Id": "c", "Arn": queue("constant"), "Input": "{}"}],
    )
    advance(running, hours=1, seconds=1)
    (message,) = until(lambda: messages("hourly"))
    assert json.loads(message["Body"])["detail-type"] == "Scheduled Event"
    assert until(lambda: messages("constant"))[0]["Body"] == "{}"
    events.disable_rule(Name="hourly")


def test_a_scheduled_rule_gets_no_events_of_its_bus(running: RunningSandbox) -> None:
    events = boto3.client("events")
    events.put_rule(Name="daily", ScheduleExpression="rate(1 day)")
    events.put_rule(Name="all-of-mine", EventPattern=json.dumps({"source": ["mine"]}))
    events.put_targets(Rule="daily", Targets=[{"Id": "q", "Arn": queue("daily")}])
    events.put_targets(Rule="all-of-mine", Targets=[{"Id": "q", "Arn": queue("all-of-mine")}])
    events.put_events(Entries=[{"Source": "mine", "DetailType": "Something", "Detail": "{}"}])
    assert until(lambda: messages("all-of-mine"))
    advance(running, days=1, seconds=1)
    (message,) = until(lambda: messages("daily"))
    assert json.loads(message["Body"])["detail-type"] == "Scheduled Event"
    events.disable_rule(Name="daily")


def test_an_object_that_arrives_starts_a_state_machine() -> None:
    """By the rule that a data-arrival trigger is: of the bucket and prefix that it names, and of no other."""
    s3, events, states = boto3.client("s3"), boto3.client("events"), boto3.client("stepfunctions")
    s3.create_bucket(Bucket="arrivals", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_notification_configuration(
        Bucket="arrivals", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    machine = create_state_machine("on-arrival", _PASSING)
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["arrivals"]}, "object": {"key": [{"prefix": "new/"}]}},
    }
    events.put_rule(Name="arrival", EventPattern=json.dumps(pattern))
    transformer = {
        "InputPathsMap": {"key": "$.detail.object.key"},
        "InputTemplate": '{"trigger": "data", "key": <key>}',
    }
    role = role_of("events", "arrival-starter")
    events.put_targets(
        Rule="arrival",
        Targets=[{"Id": "start", "Arn": machine, "RoleArn": role, "InputTransformer": transformer}],
    )
    s3.put_object(Bucket="arrivals", Key="old/a.csv", Body=b"a")
    s3.put_object(Bucket="arrivals", Key="new/b.csv", Body=b"b")
    (execution,) = until(lambda: states.list_executions(stateMachineArn=machine)["executions"])
    assert json.loads(ended(execution["executionArn"])["input"]) == {"trigger": "data", "key": "new/b.csv"}


def test_the_end_of_an_execution_is_an_event() -> None:
    events = boto3.client("events")
    machine = create_state_machine(
        "told-of", {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Mine"}}}
    )
    pattern = {
        "source": ["aws.states"],
        "detail": {"status": ["FAILED"], "stateMachineArn": [machine]},
    }
    topic = boto3.client("sns").create_topic(Name="failures")["TopicArn"]
    address = boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue("failures"))
    assert address
    events.put_rule(Name="failures", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="failures", Targets=[{"Id": "t", "Arn": topic}])
    boto3.client("stepfunctions").start_execution(stateMachineArn=machine)
    (message,) = until(lambda: messages("failures"))
    told = json.loads(json.loads(message["Body"])["Message"])
    assert told["detail"]["error"] == "Mine"


def test_the_clock_is_moved_by_a_command_and_stays_ahead_after_a_restart(own_sandbox: LocalSandbox) -> None:
    """And nothing that came due while the sandbox was down is caught up with."""
    own_sandbox.command("up", "--port", "0")
    moved = datetime.datetime.fromisoformat(own_sandbox.command("clock", "--advance", "1d12h").stdout.strip())
    ahead = moved - datetime.datetime.now(tz=datetime.UTC)
    assert datetime.timedelta(days=1) < ahead < datetime.timedelta(days=2)
    own_sandbox.command("down")
    own_sandbox.command("up", "--port", "0")
    shown = datetime.datetime.fromisoformat(own_sandbox.command("clock").stdout.strip())
    assert shown >= moved
    refused = own_sandbox.command("clock", "--advance", "-1d", check=False)
    assert refused.returncode != 0
