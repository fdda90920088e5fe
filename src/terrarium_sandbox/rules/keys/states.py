"""Rules about the keys of state machines, used in the caller's name and as the execution role.

Source of all rules: Step Functions Developer Guide, "Data at rest encryption in Step Functions", with its table
"Required permissions for API callers": starting, stopping and redriving executions require KMS permissions of the
role, not of the caller.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import (
    DECRYPT,
    DESCRIBE,
    GENERATE,
    KeyUse,
    kms_denial,
    kms_denial_for_role,
)
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES", "customer_managed_key", "execution_key_denial", "log_delivery_key_denial"]

_CODE = "KmsAccessDeniedException"
_SOURCE = "Step Functions Developer Guide, Data at rest encryption in Step Functions"
_SERVICE = "states.amazonaws.com"


@caller_key_rule(
    "states-definition-key",
    on=("states:CreateStateMachine", "states:UpdateStateMachine"),
    code=_CODE,
    source=f"{_SOURCE}, Required permissions for API callers",
)
def definition_key(request: Request) -> Iterable[KeyUse]:
    """Writing an encrypted state machine needs kms:DescribeKey and kms:GenerateDataKey via Step Functions."""
    arn = request.get("stateMachineArn") or _arn(request, request.get("name"))
    key = _key(request.get("encryptionConfiguration")) or customer_managed_key(arn)
    if key:
        yield use(request, key, DESCRIBE, GENERATE, context=_context(arn))


@caller_key_rule(
    "states-reader-key",
    on=(
        "states:DescribeExecution",
        "states:DescribeStateMachine",
        "states:DescribeStateMachineForExecution",
        "states:GetExecutionHistory",
    ),
    code=_CODE,
    source=f"{_SOURCE}, Required permissions for API callers",
)
def reader_key(request: Request) -> Iterable[KeyUse]:
    """Reading an encrypted definition, execution or history needs kms:Decrypt via Step Functions."""
    if request.get("includedData") == "METADATA_ONLY":
        return
    arn = _machine(request)
    key = customer_managed_key(arn)
    if key:
        yield use(request, key, DECRYPT, context=_context(arn))


@rule(
    "states-execution-role-key",
    on=("states:RedriveExecution", "states:StartExecution", "states:StopExecution"),
    code=_CODE,
    source=f"{_SOURCE}, Create a State Machine with a customer managed key; API model, StopExecution",
    by_policies=True,
)
def execution_role_key(request: Request) -> str | None:
    """The role of an encrypted execution needs kms:Decrypt and kms:GenerateDataKey, without kms:ViaService.

    Stopping an execution needs them only if the request has an error or a cause.
    """
    if request.operation == "StopExecution" and not (request.get("error") or request.get("cause")):
        return None
    return execution_key_denial(_machine(request))


def execution_key_denial(machine_arn: str) -> str | None:
    """Return why KMS denies a state machine's role the running of executions, or None if KMS allows it.

    The caller must lock policies against changes.
    """
    machine, key = _find(machine_arn), customer_managed_key(machine_arn)
    if machine is None or not key:
        return None
    _, _, _, region, account, *_ = machine_arn.split(":")
    key_use = KeyUse(
        key=key,
        actions=(GENERATE, DECRYPT),
        account=account,
        region=region,
        context=_context(machine_arn),
    )
    return kms_denial_for_role(key_use, role_arn=machine.roleArn, service=_SERVICE)


def log_delivery_key_denial(machine_arn: str) -> str | None:
    """Return why KMS denies the delivery of an encrypted state machine's logs, or None if KMS allows it.

    The role generates a data key for the logs, and the log delivery service decrypts it. The caller must lock policies
    against changes.
    """
    machine, key = _find(machine_arn), customer_managed_key(machine_arn)
    if machine is None or not key:
        return None
    _, _, _, region, account, *_ = machine_arn.split(":")

    def use_for(action: str) -> KeyUse:
        context = {"SourceArn": f"arn:aws:logs:{region}:{account}:*"}
        return KeyUse(key=key, actions=(action,), account=account, region=region, context=context)

    return kms_denial_for_role(use_for(GENERATE), role_arn=machine.roleArn, service=_SERVICE) or kms_denial(
        use_for(DECRYPT), service="delivery.logs.amazonaws.com"
    )


def customer_managed_key(machine_arn: str) -> str | None:
    """Return the customer-managed key of a state machine; None if it has no such key or does not exist."""
    machine = _find(machine_arn)
    return None if machine is None else _key(machine.encryptionConfiguration)


def _find(machine_arn: str) -> Any:
    _, _, _, region, account, *_ = machine_arn.split(":")
    name = machine_arn.split(":")[6]
    machines = stepfunctions_parser_backends[account][region].state_machines
    return next((machine for machine in list(machines) if machine.name == name), None)


def _machine(request: Request) -> str:
    """Return the ARN of the state machine that a request concerns. Versions and aliases share its key."""
    named = request.get("stateMachineArn") or request.get("executionArn")
    return ":".join(named.replace(":execution:", ":stateMachine:").split(":")[:7])


def _arn(request: Request, name: str) -> str:
    return f"arn:aws:states:{request.call.region}:{request.account}:stateMachine:{name}"


def _key(configuration: Mapping[str, Any] | None) -> str | None:
    return (configuration or {}).get("kmsKeyId")


def _context(machine_arn: str) -> dict[str, str]:
    return {"aws:states:stateMachineArn": machine_arn}


RULES: tuple[Rule, ...] = (definition_key, reader_key, execution_role_key)
