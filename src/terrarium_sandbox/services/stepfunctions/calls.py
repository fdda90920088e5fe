"""Calls of tasks to other services: as the role of the state machine, with the parameter names of each service."""

import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import boto3
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_batch,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
    StateTaskService,
)
from moto.stepfunctions.parser.utils import camel_to_snake_case

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.service_client import client_as_role

__all__ = ["TaskClient", "install_calls", "task_client"]

TaskClient: TypeAlias = Callable[..., Any]
"""(region, service, state_credentials) -> a client of the service."""

_OF_SUBMISSIONS = frozenset({"PropagateTags", "SchedulingPriorityOverride", "ShareIdentifier"})
_INTERPRETER = "moto.stepfunctions.parser."
_SERVICE = "states.amazonaws.com"


def install_calls(sandbox: Sandbox) -> None:
    """Let tasks call services as Step Functions on AWS does."""
    _assume_the_role(task_client(sandbox))
    _translate_parameter_names()
    parameters = state_task_service_batch._SUPPORTED_API_PARAM_BINDINGS
    patch(
        state_task_service_batch,
        "_SUPPORTED_API_PARAM_BINDINGS",
        {**parameters, "submitjob": parameters["submitjob"] | _OF_SUBMISSIONS},
        reason="moto drops PropagateTags, SchedulingPriorityOverride and ShareIdentifier of SubmitJob.",
    )
    patch(
        state_task_service_aws_sdk,
        "_SERVICE_ERROR_NAMES",
        {**state_task_service_aws_sdk._SERVICE_ERROR_NAMES, "s3": "S3"},
        reason="moto names errors of S3 in lower case.",
    )


def task_client(sandbox: Sandbox) -> TaskClient:
    """Return a function that makes a client with credentials of the role of the state machine."""

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        # The service validates the parameters, as on AWS.
        return client_as_role(
            sandbox,
            service,
            region=region,
            role_arn=state_credentials.role_arn,
            principal=_SERVICE,
            parameter_validation=False,
        )

    return client_for


def _assume_the_role(client_for: TaskClient) -> None:
    # Each integration of moto has imported the function by its name.
    for name, module in list(sys.modules.items()):
        if name.startswith(_INTERPRETER) and hasattr(module, "boto_client_for"):
            patch(
                module,
                "boto_client_for",
                client_for,
                reason="moto calls services with keys of no account; tasks assume the role of the state machine.",
            )


def _translate_parameter_names() -> None:
    """Translate between `JobName`, as in a definition, and `jobName`, as in the API of Batch."""

    def normalise_parameters(
        self: StateTaskService,
        parameters: dict[str, Any],
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        shape = _operation(self, boto_service_name, service_action_name).input_shape
        if shape is not None:
            self._to_boto_request(parameters, shape)

    def normalise_response(
        self: StateTaskService,
        response: Any,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        shape = _operation(self, boto_service_name, service_action_name).output_shape
        if shape is not None:
            self._from_boto_response(response, shape)

    patch(
        StateTaskService,
        "_normalise_parameters",
        normalise_parameters,
        reason="moto's is empty: Batch requires `jobName`, and a definition has `JobName`.",
    )
    patch(
        StateTaskService,
        "_normalise_response",
        normalise_response,
        reason="moto's is empty: a definition reads `JobId`, and Batch returns `jobId`.",
    )


def _operation(task: StateTaskService, service: str | None, action: str | None) -> Any:
    """Return botocore's model of the operation that a task calls."""
    model = boto3.client(  # type: ignore[call-overload] # any service; only its model is used
        task._get_boto_service_name(service),
        region_name="us-east-1",
        aws_access_key_id="",
        aws_secret_access_key="",
    ).meta.service_model
    called = task._get_boto_service_action(action)
    return model.operation_model(
        next(name for name in model.operation_names if camel_to_snake_case(name) == called)
    )
