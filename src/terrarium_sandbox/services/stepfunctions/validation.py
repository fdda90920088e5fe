"""Validation of definitions, and versions of state machines."""

from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import InvalidDefinition
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.services.stepfunctions.definition_faults import Fault, definition_faults

__all__ = ["install_validation"]


def install_validation() -> None:
    """Add the operations that Terraform needs."""
    for operation in (_list_state_machine_versions, _validate_state_machine_definition):
        name = operation.__name__.removeprefix("_")
        patch(StepFunctionResponse, name, operation, reason="moto has no such operation.", adds=True)


def _validate_state_machine_definition(self: StepFunctionResponse) -> ActionResult:
    faults = definition_faults(self._get_param("definition"))
    if faults:
        found = [{"severity": "ERROR", **_diagnostic(fault)} for fault in faults]
        return ActionResult({"result": "FAIL", "diagnostics": found})
    try:
        StepFunctionsParserBackend._validate_definition(definition=self._get_param("definition"))
    except InvalidDefinition as error:
        diagnostic = {"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": str(error.message)}
        return ActionResult({"result": "FAIL", "diagnostics": [diagnostic]})
    return ActionResult({"result": "OK", "diagnostics": []})


def _diagnostic(fault: Fault) -> dict[str, str]:
    located = {} if fault.location is None else {"location": fault.location}
    return {"code": fault.code, "message": fault.message, **located}


def _list_state_machine_versions(self: StepFunctionResponse) -> ActionResult:
    machine = self.stepfunction_backend.describe_state_machine(self._get_param("stateMachineArn"))
    versions = [
        {"stateMachineVersionArn": version.arn, "creationDate": version.creation_date}
        for version in machine.versions.values()
    ]
    return ActionResult({"stateMachineVersions": versions})
