"""Redrives continue an execution at its failed state, within parallel branches, too."""

import json

import boto3
import pytest

from tests.support.local_sandbox import LocalSandbox
from tests.support.state_machines import create_state_machine, ended, until

pytest_plugins = ["tests.support.sdk_environment"]

_ALIVE = {"StartAt": "Go", "States": {"Go": {"Type": "Pass", "Result": {"went": True}, "End": True}}}


def _reading(queue: str, name: str) -> dict[str, object]:
    """A task that fails until the queue of that name exists."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sqs:getQueueUrl",
        "Parameters": {"QueueName": queue},
        "ResultPath": f"$.{name}",
        "End": True,
    }


@pytest.mark.usefixtures("account")
def test_a_resumed_execution_repeats_nothing_that_succeeded() -> None:
    states, sqs = boto3.client("stepfunctions"), boto3.client("sqs")
    counted = create_state_machine("counted", _ALIVE)
    count = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {"StateMachineArn": counted},
        "ResultSelector": {"output.$": "$.Output"},
    }
    both = {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": "Count in a branch", "States": {"Count in a branch": {**count, "End": True}}},
            {
                "StartAt": "Let it finish",
                "States": {
                    "Let it finish": {"Type": "Wait", "Seconds": 2, "Next": "Read"},
                    "Read": _reading("appears-later", "queue"),
                },
            },
        ],
        "End": True,
    }
    machine = create_state_machine(
        "resumed", {"StartAt": "Count", "States": {"Count": {**count, "Next": "Both"}, "Both": both}}
    )
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    failed = ended(execution)
    assert (failed["status"], failed["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    assert "QueueDoesNotExist" in failed["error"] or "NonExistentQueue" in failed["error"], failed

    states.redrive_execution(executionArn=execution)
    assert ended(execution)["status"] == "FAILED"  # the queue is still missing
    sqs.create_queue(QueueName="appears-later")
    states.redrive_execution(executionArn=execution)
    told = ended(execution)
    assert (told["status"], told["redriveCount"]) == ("SUCCEEDED", 2)
    first, second = json.loads(told["output"])
    assert first["output"] == {"went": True}
    assert second["queue"]["QueueUrl"].endswith("appears-later")
    assert len(states.list_executions(stateMachineArn=counted)["executions"]) == 2  # once in each place
    types = [event["type"] for event in states.get_execution_history(executionArn=execution)["events"]]
    assert types.count("ExecutionRedriven") == 2
    assert types[-1] == "ExecutionSucceeded"


def test_executions_survive_a_restart_and_can_be_redriven(own_sandbox: LocalSandbox) -> None:
    """Ended executions are described as before; running ones are aborted with the reason, and continue when resumed."""
    own_sandbox.command("up", "--port", "0")
    states, iam = own_sandbox.client("stepfunctions"), own_sandbox.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}}
    role = iam.create_role(
        RoleName="machine",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    definition = {
        "StartAt": "First",
        "States": {
            "First": {"Type": "Pass", "Result": {"seconds": 1}, "ResultPath": "$.first", "Next": "Wait"},
            "Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "End": True},
        },
    }
    machine = states.create_state_machine(name="waits", definition=json.dumps(definition), roleArn=role)
    arn = machine["stateMachineArn"]
    short = states.start_execution(stateMachineArn=arn, input='{"seconds": 0}')["executionArn"]
    long = states.start_execution(stateMachineArn=arn, input='{"seconds": 3}')["executionArn"]
    until(lambda: states.describe_execution(executionArn=short)["status"] == "SUCCEEDED")
    own_sandbox.command("down")
    own_sandbox.command("up", "--port", "0")
    states = own_sandbox.client("stepfunctions")
    assert states.describe_execution(executionArn=short)["status"] == "SUCCEEDED"
    aborted = states.describe_execution(executionArn=long)
    assert (aborted["status"], aborted["error"]) == ("ABORTED", "Sandbox.Stopped")
    assert "the sandbox stopped" in aborted["cause"]
    states.redrive_execution(executionArn=long)
    until(lambda: states.describe_execution(executionArn=long)["status"] == "SUCCEEDED")
    events = states.get_execution_history(executionArn=long)["events"]
    assert sum(event["type"] == "PassStateEntered" for event in events) == 1
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
