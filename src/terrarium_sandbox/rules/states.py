"""Rules of Step Functions."""

import json

from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule
from terrarium_sandbox.rules.trusted_service import trusts
from terrarium_sandbox.services.stepfunctions.definition_faults import definition_faults

__all__ = ["RULES"]

_LONGEST_INPUT = 262_144  # bytes of UTF-8
_CHANGES = ("states:CreateStateMachine", "states:UpdateStateMachine")
_MODEL = "Step Functions API model (botocore)"


def _faults(request: Request, *codes: str) -> str | None:
    """Return AWS' message, which lists all faults, if one of them has one of the codes."""
    faults = definition_faults(request.get("definition") or "")
    if not any(fault.code in codes for fault in faults):
        return None
    return f"Invalid State Machine Definition: '{', '.join(map(str, faults))}'"


@rule(
    "state-machine-transitions",
    on=_CHANGES,
    code="InvalidDefinition",
    source="localstack/localstack issue 11978; aws-cloudformation/cfn-lint issue 4074",
)
def state_machine_transitions(request: Request) -> str | None:
    """Every state must be reached by a transition, and every transition must lead to a state."""
    return _faults(request, "MISSING_TRANSITION_TARGET")


@rule(
    "state-machine-end",
    on=_CHANGES,
    code="InvalidDefinition",
    source="floci-io/floci issue 2735 (AWS' answers to ValidateStateMachineDefinition)",
)
def state_machine_end(request: Request) -> str | None:
    """A state machine must have a state in which it ends."""
    return _faults(request, "MISSING_END_STATE")


@rule(
    "state-machine-fields",
    on=_CHANGES,
    code="InvalidDefinition",
    source="floci-io/floci issue 2735; Amazon States Language specification, Errors",
)
def state_machine_fields(request: Request) -> str | None:
    """Only states that do work must have Retry, Catch and TimeoutSeconds."""
    return _faults(request, "SCHEMA_VALIDATION_FAILED")


@rule(
    "state-machine-language",
    on=_CHANGES,
    code="InvalidDefinition",
    source=f"{_MODEL}, InvalidDefinition: the Amazon States Language definition is not valid",
)
def state_machine_language(request: Request) -> str | None:
    """A definition must be in Amazon States Language: JSON, states with types, and their required fields."""
    definition = request.get("definition")
    if definition is None:
        return None
    try:
        StepFunctionsParserBackend._validate_definition(definition=definition)
    except InvalidDefinition as error:
        return f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {error.message}'"
    return None


@rule(
    "state-machine-role",
    on=_CHANGES,
    code="AccessDeniedException",
    source="lumigo-io/lumigo-CLI issue 83; awsdocs/aws-step-functions-developer-guide issue 23",
)
def state_machine_role(request: Request) -> str | None:
    """The role of a state machine must trust Step Functions."""
    role, region = request.get("roleArn"), request.call.region
    name = request.get("name")
    machine = (
        request.get("stateMachineArn") or f"arn:aws:states:{region}:{request.account}:stateMachine:{name}"
    )
    services = ("states.amazonaws.com", f"states.{region}.amazonaws.com")
    if not role or role.count(":") < 5 or trusts(role, *services, source_arn=machine):
        return None
    return (
        "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
        "the provided role."
    )


@rule(
    "state-machine-exists",
    on=("states:CreateStateMachine",),
    code="StateMachineAlreadyExists",
    source=f"{_MODEL}, CreateStateMachine: idempotency check",
)
def state_machine_exists(request: Request) -> str | None:
    """A state machine must not be created with the name of one that has another definition or type."""
    for machine in request.backend(stepfunctions_parser_backends).state_machines:
        if machine.name == request.get("name"):
            same = machine.definition == request.get("definition")
            same = same and (machine.type or "STANDARD") == request.get("type", "STANDARD")
            return None if same else f"State Machine Already Exists: '{machine.arn}'"
    return None


@rule(
    "state-machine-logging",
    on=_CHANGES,
    code="InvalidLoggingConfiguration",
    source=f"{_MODEL}, LoggingConfiguration.destinations, CloudWatchLogsLogGroup.logGroupArn",
)
def state_machine_logging(request: Request) -> str | None:
    """Logging must have one destination, a log group whose ARN ends with `:*`, unless its level is OFF."""
    logging = request.get("loggingConfiguration") or {}
    destinations = logging.get("destinations") or []
    if len(destinations) > 1:
        return "Invalid Logging Configuration: Only one Log Destination is allowed."
    if logging.get("level", "OFF") != "OFF" and not destinations:
        return "Invalid Logging Configuration: Must specify exactly one Log Destination."
    for destination in destinations:
        group = (destination.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn", "")
        if not group.endswith(":*"):
            return "Invalid Logging Configuration: Log Group ARN must end with ':*'."
    return None


@rule(
    "execution-input-size",
    on=("states:StartExecution", "states:StartSyncExecution"),
    code="InvalidExecutionInput",
    source="AWS Step Functions Developer Guide, Quotas: maximum input or output size",
)
def execution_input_size(request: Request) -> str | None:
    """The input of an execution must have at most 262,144 bytes."""
    if len((request.get("input") or "").encode()) <= _LONGEST_INPUT:
        return None
    return f"Invalid State Machine Execution Input: the input exceeds {_LONGEST_INPUT} bytes"


@rule(
    "execution-input-json",
    on=("states:StartExecution", "states:StartSyncExecution"),
    code="InvalidExecutionInput",
    source=f"{_MODEL}, StartExecutionInput.input: without data it is two braces; RFC 8259: there is no NaN",
)
def execution_input_json(request: Request) -> str | None:
    """The input of an execution must be JSON: not empty, and without NaN and infinity."""
    text = request.get("input")
    if text is None:
        return None
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        return f"Invalid State Machine Execution Input: '{error}'"
    return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"Non-standard token '{name}'")


RULES: tuple[Rule, ...] = (
    state_machine_transitions,
    state_machine_end,
    state_machine_fields,
    state_machine_language,
    state_machine_role,
    state_machine_exists,
    state_machine_logging,
    execution_input_size,
    execution_input_json,
)
