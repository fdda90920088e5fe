"""Roles that a call passes to a service: each needs `iam:PassRole`.

Source: Service Authorization Reference, dependent actions of each operation and the condition `iam:PassedToService`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.ecs.models import ecs_backends
from moto.sagemaker.models import sagemaker_backends

from terrarium_sandbox.authorization.policy import Question
from terrarium_sandbox.http.aws_call import Call

__all__ = ["passed_roles"]

_TASKS = "ecs-tasks.amazonaws.com"
_BATCH = "batch.amazonaws.com"

# The parameters with roles, by operation, and the service that gets the role; dots lead into structures and lists.
_PASSED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "batch:CreateComputeEnvironment": (
        ("serviceRole", _BATCH),
        ("computeResources.spotIamFleetRole", "spotfleet.amazonaws.com"),
    ),
    "batch:RegisterJobDefinition": (
        ("containerProperties.jobRoleArn", _TASKS),
        ("containerProperties.executionRoleArn", _TASKS),
        ("ecsProperties.taskProperties.taskRoleArn", _TASKS),
        ("ecsProperties.taskProperties.executionRoleArn", _TASKS),
        ("nodeProperties.nodeRangeProperties.container.jobRoleArn", _TASKS),
        ("nodeProperties.nodeRangeProperties.container.executionRoleArn", _TASKS),
    ),
    "batch:UpdateComputeEnvironment": (("serviceRole", _BATCH),),
    "ec2:CreateFlowLogs": (("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),),
    "ecs:RegisterTaskDefinition": (("taskRoleArn", _TASKS), ("executionRoleArn", _TASKS)),
    "ecs:RunTask": (("overrides.taskRoleArn", _TASKS), ("overrides.executionRoleArn", _TASKS)),
    "events:PutTargets": (("Targets.RoleArn", "events.amazonaws.com"),),
    "iam:AddRoleToInstanceProfile": (("RoleName", "ec2.amazonaws.com"),),
    "rds:CreateDBCluster": (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    "rds:CreateDBInstance": (("MonitoringRoleArn", "monitoring.rds.amazonaws.com"),),
    "sagemaker:CreateNotebookInstance": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:UpdateNotebookInstance": (("RoleArn", "sagemaker.amazonaws.com"),),
    "scheduler:CreateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "scheduler:UpdateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "states:CreateStateMachine": (("roleArn", "states.amazonaws.com"),),
    "states:UpdateStateMachine": (("roleArn", "states.amazonaws.com"),),
}


def passed_roles(call: Call, account: str) -> Iterator[Question]:
    """Return a question about `iam:PassRole` for each role that a call passes."""
    for path, service in _PASSED.get(call.name, ()):
        for role in _values(call.parameters, path.split(".")):
            yield _question(role, service, account)
    stored = _STORED.get(call.name)
    if stored is not None:
        for role, service in stored(call, account):
            yield _question(role, service, account)


def _question(role: str, service: str, account: str) -> Question:
    arn = role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}"
    return Question(action="iam:PassRole", resource=arn, context={"iam:passedtoservice": (service,)})


def _values(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _values(one, path)
    elif not path:
        yield from [value] if isinstance(value, str) and value else []
    elif isinstance(value, Mapping):
        yield from _values(value.get(path[0]), path[1:])


def _roles_of_task(call: Call, account: str) -> Iterator[tuple[str, str]]:
    """Yield the roles of the task definition that RunTask names, unless the call overrides them."""
    family, _, revision = str(call.parameters.get("taskDefinition", "")).rpartition("/")[2].partition(":")
    revisions = ecs_backends[account][call.region].task_definitions.get(family, {})
    number = int(revision) if revision.isdigit() else max(revisions, default=0)
    definition = revisions.get(number)
    overrides = call.parameters.get("overrides") or {}
    for attribute, parameter in (
        ("task_role_arn", "taskRoleArn"),
        ("execution_role_arn", "executionRoleArn"),
    ):
        role = getattr(definition, attribute, None)
        if role and not overrides.get(parameter):
            yield role, _TASKS


def _role_of_notebook(call: Call, account: str) -> Iterator[tuple[str, str]]:
    # Source: Amazon SageMaker Developer Guide, "API Permissions: Actions, Permissions, and Resources Reference".
    notebooks = sagemaker_backends[account][call.region].notebook_instances
    notebook = notebooks.get(call.parameters.get("NotebookInstanceName", ""))
    if notebook is not None and notebook.role_arn:
        yield notebook.role_arn, "sagemaker.amazonaws.com"


_STORED = {
    "ecs:RunTask": _roles_of_task,
    "sagemaker:StartNotebookInstance": _role_of_notebook,
}
