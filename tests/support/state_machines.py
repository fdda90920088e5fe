"""Creation of state machines, and results of their executions."""

import json
import time
from collections.abc import Callable
from typing import Any, TypeVar

import boto3

__all__ = ["create_state_machine", "ended", "role_of", "until"]

_Found = TypeVar("_Found")
_PATIENCE_SECONDS = 600


def role_of(service: str, name: str, *, policy: dict[str, Any] | None = None) -> str:
    """Create a role that a service may assume. By default, its policy allows everything."""
    iam = boto3.client("iam")
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": f"{service}.amazonaws.com"},
    }
    role: str = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )["Role"]["Arn"]
    allowed = policy or {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=name,
        PolicyName="allowed",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    return role


def create_state_machine(name: str, definition: dict[str, Any], *, role_arn: str | None = None) -> str:
    """Create a state machine. By default, its role is allowed everything."""
    arn: str = boto3.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role_arn or role_of("states", name)
    )["stateMachineArn"]
    return arn


def ended(execution_arn: str) -> dict[str, Any]:
    """Wait until an execution has ended, and return its description."""
    states = boto3.client("stepfunctions")

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=execution_arn)
        return None if found["status"] == "RUNNING" else found

    return until(look)


def until(look: Callable[[], _Found | None]) -> _Found:
    """Call `look` until it returns a value, and return that."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing was found in {_PATIENCE_SECONDS} s")
