"""How tasks call other services: as the state machine's role, in the spelling that each service expects."""

import sys
from typing import Any

import boto3
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_batch,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
    StateTaskService,
)
from moto.stepfunctions.parser.utils import camel_to_snake_case

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.service_client import client_as_role

__all__ = ["install_calls"]

_OF_SUBMISSIONS = frozenset({"PropagateTags", "SchedulingPriorityOverride", "ShareIdentifier"})
_INTERPRETER = "moto.stepfunctions.parser."
_SERVICE = "states.amazonaws.com"


def install_calls(sandbox: Sandbox) -> None:
    """Let tasks call services as AWS' Step Functions does."""
    _assume_the_role(sandbox)
    _spell_as_the_service_does()
    # moto lets these out of a submission.
    state_task_service_batch._SUPPORTED_API_PARAM_BINDINGS["submitjob"] |= _OF_SUBMISSIONS
    # And it names errors of S3 in lower case.
    state_task_service_aws_sdk._SERVICE_ERROR_NAMES["s3"] = "S3"


def _assume_the_role(sandbox: Sandbox) -> None:
    """Moto calls with keys that nobody has issued."""

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        # What a definition says wrongly, the service shall refuse, as at AWS.
        return client_as_role(
            sandbox,
            service,
            region=region,
            role_arn=state_credentials.role_arn,
            principal=_SERVICE,
            parameter_validation=False,
        )

    # Each integration has imported the function by its name.
    for name, module in list(sys.modules.items()):
        if name.startswith(_INTERPRETER) and hasattr(module, "boto_client_for"):
            vars(module)["boto_client_for"] = client_for


def _spell_as_the_service_does() -> None:
    """Moto has left these two empty: Batch wants `jobName`, and a definition says `JobName`."""

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

    StateTaskService._normalise_parameters = normalise_parameters  # type: ignore[method-assign] # the point of it
    StateTaskService._normalise_response = normalise_response  # type: ignore[method-assign] # the same


def _operation(task: StateTaskService, service: str | None, action: str | None) -> Any:
    """What botocore knows about the operation that a task calls."""
    model = boto3.client(  # type: ignore[call-overload] # any service; asked for its model only
        task._get_boto_service_name(service),
        region_name="us-east-1",
        aws_access_key_id="",
        aws_secret_access_key="",
    ).meta.service_model
    called = task._get_boto_service_action(action)
    return model.operation_model(
        next(name for name in model.operation_names if camel_to_snake_case(name) == called)
    )
