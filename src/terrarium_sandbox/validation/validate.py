"""Validation of a request's parameters by the model of its operation: required, length, range, pattern, enum."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.core.utils import get_service_model

from terrarium_sandbox.http.aws_call import Call, model_name
from terrarium_sandbox.rules.enforcement import RuleViolationError
from terrarium_sandbox.validation.constraints import Check, Violation, compile_operation

__all__ = ["validate"]

# Error codes of services that do not answer the "Common Errors" page's ValidationException or ValidationError.
# Source: the errors that the service's model declares for its operations.
_CODES: Mapping[str, str] = {
    "athena": "InvalidRequestException",
    "batch": "ClientException",
    "ec2": "InvalidParameterValue",
    "ecr": "InvalidParameterException",
    "ecs": "InvalidParameterException",
    "logs": "InvalidParameterException",
    "s3": "InvalidArgument",
}
# Error codes for a missing parameter. Source: Amazon EC2 API Reference, "Error codes"; Amazon S3 API Reference,
# "Error responses"; Amazon SQS and SNS API Reference, "Common Errors".
_CODES_OF_MISSING: Mapping[str, str] = {
    "ec2": "MissingParameter",
    "s3": "MalformedXML",
    "sqs": "MissingParameter",
}
_VALUE_CHARACTERS = 200  # the longest value in a message


def validate(call: Call) -> None:
    """Validate a call's parameters by the model of its operation.

    Raises:
        RuleViolationError: The parameters violate constraints. The message lists all violations as AWS does.
    """
    check = _check_of(call.service, call.operation)
    if check is None:
        return
    violations: list[Violation] = []
    check(call.parameters, "", violations)
    if violations:
        raise RuleViolationError(
            _message(violations), code=_code(call.service, violations), status=400, rule="model"
        )


@cache
def _check_of(service: str, operation: str) -> Check | None:
    model = get_service_model(model_name(service))
    return compile_operation(service, model.operation_model(operation).input_shape)


def _message(violations: list[Violation]) -> str:
    number = len(violations)
    described = "; ".join(
        f"Value {_shown(value)} at '{path}' failed to satisfy constraint: {constraint}"
        for path, constraint, value in violations
    )
    return f"{number} validation error{'s' if number > 1 else ''} detected: {described}"


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = str(value)
    return f"'{text[:_VALUE_CHARACTERS]}{'…' if len(text) > _VALUE_CHARACTERS else ''}'"


def _code(service: str, violations: list[Violation]) -> str:
    _, _, value = violations[0]
    if value is None and service in _CODES_OF_MISSING:
        return _CODES_OF_MISSING[service]
    if service in _CODES:
        return _CODES[service]
    protocol = get_service_model(model_name(service)).protocol
    return "ValidationError" if protocol in {"query", "rest-xml"} else "ValidationException"
