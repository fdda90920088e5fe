"""Executions of state machines run, and the API describes them as AWS does."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.state_machines import create_state_machine, ended, role_of, until

pytest_plugins = ["tests.support.sdk_environment"]

pytestmark = pytest.mark.usefixtures("account")


def passing(result: Any) -> dict[str, Any]:
    return {"StartAt": "Answer", "States": {"Answer": {"Type": "Pass", "Result": result, "End": True}}}


def task(resource: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", **fields}


@pytest.mark.parametrize("result", [{"a": [1]}, "text", 7, None])
def test_an_output_is_json_whatever_it_is(result: Any) -> None:
    name = f"output-{type(result).__name__}"
    machine = create_state_machine(name, passing(result))
    execution = boto3.client("stepfunctions").start_execution(stateMachineArn=machine)
    told = ended(execution["executionArn"])
    assert (told["status"], json.loads(told["output"])) == ("SUCCEEDED", result)


def test_jsonata_is_refused_in_words_when_an_execution_comes_to_it() -> None:
    """It can be deployed: on AWS it runs."""
    state = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 + 1 %}", "End": True}
    machine = create_state_machine("jsonata", {"StartAt": "Add", "States": {"Add": state}})
    execution = boto3.client("stepfunctions").start_execution(stateMachineArn=machine)
    told = ended(execution["executionArn"])
    assert told["status"] == "FAILED"
    assert "the sandbox does not evaluate JSONata" in told["cause"]


def test_executions_without_a_name_are_many() -> None:
    states = boto3.client("stepfunctions")
    machine = create_state_machine("unnamed", passing(1))
    started = {states.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(3)}
    listed = states.list_executions(stateMachineArn=machine)["executions"]
    assert started == {execution["executionArn"] for execution in listed}
    assert len(started) == 3


def test_the_history_has_pages_and_can_be_reversed() -> None:
    states = boto3.client("stepfunctions")
    machine = create_state_machine("history", passing("done"))
    execution = states.start_execution(stateMachineArn=machine, input='{"a": 1}')["executionArn"]
    ended(execution)
    page = states.get_execution_history(executionArn=execution, maxResults=3)
    rest = states.get_execution_history(executionArn=execution, nextToken=page["nextToken"])
    types = [event["type"] for event in page["events"] + rest["events"]]
    assert types == ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    assert page["events"][0]["executionStartedEventDetails"]["input"] == '{"a": 1}'
    backwards = states.get_execution_history(executionArn=execution, reverseOrder=True)["events"]
    assert [event["type"] for event in backwards] == types[::-1]


def test_a_nested_execution_is_waited_for_and_its_output_read() -> None:
    states = boto3.client("stepfunctions")
    inner = create_state_machine("inner", passing({"answer": 42}))
    nested = task(
        "states:startExecution.sync:2",
        Parameters={"StateMachineArn": inner, "Input": {"a.$": "$.a"}},
        OutputPath="$.Output",
        End=True,
    )
    outer = create_state_machine("outer", {"StartAt": "Inner", "States": {"Inner": nested}})
    execution = states.start_execution(stateMachineArn=outer, input='{"a": 1}')["executionArn"]
    told = ended(execution)
    assert told["status"] == "SUCCEEDED", told
    assert json.loads(told["output"]) == {"answer": 42}
    (inner_execution,) = states.list_executions(stateMachineArn=inner)["executions"]
    asked = states.describe_execution(executionArn=inner_execution["executionArn"])
    assert json.loads(asked["input"]) == {"a": 1}


def test_failures_of_a_nested_execution_are_retried_and_then_caught() -> None:
    states = boto3.client("stepfunctions")
    failing = create_state_machine(
        "failing", {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Mine", "Cause": "because"}}}
    )
    nested = task(
        "states:startExecution.sync",
        Parameters={"StateMachineArn": failing},
        Retry=[
            {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}
        ],
        Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}],
        End=True,
    )
    machine = create_state_machine(
        "retrying",
        {"StartAt": "Try", "States": {"Try": nested, "Caught": {"Type": "Pass", "End": True}}},
    )
    told = ended(states.start_execution(stateMachineArn=machine)["executionArn"])
    error = json.loads(told["output"])["error"]
    assert (error["Error"], json.loads(error["Cause"])["Error"]) == ("States.TaskFailed", "Mine")
    assert len(states.list_executions(stateMachineArn=failing)["executions"]) == 3


def test_a_timeout_stops_the_nested_execution() -> None:
    states = boto3.client("stepfunctions")
    slow = create_state_machine(
        "slow", {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 300, "End": True}}}
    )
    nested = task(
        "states:startExecution.sync", Parameters={"StateMachineArn": slow}, TimeoutSeconds=1, End=True
    )
    machine = create_state_machine("impatient", {"StartAt": "Inner", "States": {"Inner": nested}})
    told = ended(states.start_execution(stateMachineArn=machine)["executionArn"])
    assert (told["status"], told["error"]) == ("FAILED", "States.Timeout")
    assert until(lambda: states.list_executions(stateMachineArn=slow, statusFilter="ABORTED")["executions"])


def test_stopping_an_execution_stops_the_awaited_work_with_the_reason() -> None:
    states = boto3.client("stepfunctions")
    slow = create_state_machine(
        "slow-too", {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 300, "End": True}}}
    )
    nested = task("states:startExecution.sync", Parameters={"StateMachineArn": slow}, End=True)
    machine = create_state_machine("stopped", {"StartAt": "Inner", "States": {"Inner": nested}})
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    until(lambda: states.list_executions(stateMachineArn=slow)["executions"])
    states.stop_execution(executionArn=execution, error="Mine", cause="no longer wanted")
    told = ended(execution)
    assert (told["status"], told["error"], told["cause"]) == ("ABORTED", "Mine", "no longer wanted")
    assert until(lambda: states.list_executions(stateMachineArn=slow, statusFilter="ABORTED")["executions"])
    # The execution is ABORTED before its last event is in the history.
    assert until(
        lambda: (
            states.get_execution_history(executionArn=execution, reverseOrder=True)["events"][0]["type"]
            == "ExecutionAborted"
        )
    )


def test_tasks_call_as_the_role_of_the_state_machine() -> None:
    """A role that the service may no longer assume does nothing."""
    role = role_of("states", "trusts-states-at-first")
    inner = create_state_machine("never", passing(1))
    nested = task("states:startExecution", Parameters={"StateMachineArn": inner}, End=True)
    machine = create_state_machine(
        "unassumed", {"StartAt": "Inner", "States": {"Inner": nested}}, role_arn=role
    )
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    boto3.client("iam").update_assume_role_policy(
        RoleName="trusts-states-at-first",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    states = boto3.client("stepfunctions")
    told = ended(states.start_execution(stateMachineArn=machine)["executionArn"])
    assert told["status"] == "FAILED"
    assert "does not let states.amazonaws.com assume it" in told["cause"]
    assert not states.list_executions(stateMachineArn=inner)["executions"]


def test_refuses_to_redrive_a_successful_execution() -> None:
    states = boto3.client("stepfunctions")
    machine = create_state_machine("succeeded", passing(1))
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    assert ended(execution)["redriveStatus"] == "NOT_REDRIVABLE"
    with pytest.raises(ClientError, match="ExecutionNotRedrivable"):
        states.redrive_execution(executionArn=execution)
