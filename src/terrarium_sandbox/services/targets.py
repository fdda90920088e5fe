"""Targets of schedules and rules: the call for each kind of target."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from terrarium_sandbox.authorization.patterns import matches

__all__ = ["TargetCall", "call_of", "queue_address"]

_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:*"
_BOTO_NAMES = {"sfn": "stepfunctions", "cloudwatchlogs": "logs"}


@dataclass(frozen=True)
class TargetCall:
    """A call of a service that reaches a target.

    Args:
        service: The service, as boto3 names it.
        operation: The method of the client.
        parameters: The parameters.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]

    def make(self, client: Callable[[str], Any]) -> None:
        """Make the call with a client of the service."""
        called = client(self.service)
        parameters = dict(self.parameters)
        if self.service == "sqs":  # targets have the ARN of a queue, calls need its URL
            parameters["QueueUrl"] = queue_address(called, parameters.pop("Arn"))
        getattr(called, self.operation)(**parameters)


def queue_address(client: Any, arn: str) -> str:
    """Return the URL of a queue. Services know it: roles need no permission to find it.

    Args:
        client: A client of SQS.
        arn: The queue.
    """
    account, name = arn.split(":")[4:6]
    return f"{client.meta.endpoint_url}/{account}/{name}"


def call_of(target: Mapping[str, Any], payload: str) -> TargetCall:
    """Return the call that delivers a payload to a target.

    Args:
        target: The target, as `CreateSchedule` and `PutTargets` take it.
        payload: The payload: JSON, or any text for messages.

    Raises:
        NotImplementedError: The sandbox does not support this kind of target.
    """
    arn = target["Arn"]
    if matches(_UNIVERSAL, arn):
        service, _, operation = arn.rpartition("aws-sdk:")[2].partition(":")
        return TargetCall(_BOTO_NAMES.get(service, service), _snake(operation), json.loads(payload))
    kind = arn.split(":")[2]
    if kind not in _KINDS:
        raise NotImplementedError(f"the sandbox cannot reach {arn}")
    return _KINDS[kind](target, payload)


def _state_machine(target: Mapping[str, Any], payload: str) -> TargetCall:
    return TargetCall(
        "stepfunctions", "start_execution", {"stateMachineArn": target["Arn"], "input": payload}
    )


def _queue(target: Mapping[str, Any], payload: str) -> TargetCall:
    group = target.get("SqsParameters", {}).get("MessageGroupId")
    parameters = {"Arn": target["Arn"], "MessageBody": payload}
    return TargetCall("sqs", "send_message", {**parameters, **({"MessageGroupId": group} if group else {})})


def _topic(target: Mapping[str, Any], payload: str) -> TargetCall:
    return TargetCall("sns", "publish", {"TopicArn": target["Arn"], "Message": payload})


_KINDS: Mapping[str, Callable[[Mapping[str, Any], str], TargetCall]] = {
    "sns": _topic,
    "sqs": _queue,
    "states": _state_machine,
}


def _snake(operation: str) -> str:
    """Return `start_execution` for `startExecution`."""
    from botocore import xform_name

    return xform_name(operation)
