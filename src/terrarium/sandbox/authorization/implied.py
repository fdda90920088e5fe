"""What a call needs besides its own action: roles handed over, tags put on what it makes.

Which keys it uses stands in `terrarium.sandbox.rules.keys`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from terrarium.sandbox.authorization.call import Call
from terrarium.sandbox.authorization.policy import Question

__all__ = ["implied_questions"]

# The parameters by which roles are handed over, by operation; and whom they are handed to.
_HANDED_OVER: Mapping[str, tuple[tuple[str, str], ...]] = {
    "batch:CreateComputeEnvironment": (("serviceRole", "batch.amazonaws.com"),),
    "batch:RegisterJobDefinition": (
        ("containerProperties.jobRoleArn", "ecs-tasks.amazonaws.com"),
        ("containerProperties.executionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "ec2:CreateFlowLogs": (("DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),),
    "ecs:RegisterTaskDefinition": (
        ("taskRoleArn", "ecs-tasks.amazonaws.com"),
        ("executionRoleArn", "ecs-tasks.amazonaws.com"),
    ),
    "events:PutTargets": (("Targets.RoleArn", "events.amazonaws.com"),),
    "iam:AddRoleToInstanceProfile": (("RoleName", "ec2.amazonaws.com"),),
    "sagemaker:CreateNotebookInstance": (("RoleArn", "sagemaker.amazonaws.com"),),
    "sagemaker:UpdateNotebookInstance": (("RoleArn", "sagemaker.amazonaws.com"),),
    "scheduler:CreateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "scheduler:UpdateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "states:CreateStateMachine": (("roleArn", "states.amazonaws.com"),),
    "states:UpdateStateMachine": (("roleArn", "states.amazonaws.com"),),
}


def implied_questions(call: Call, *, account: str) -> Iterator[Question]:
    """The further questions; their context holds only what differs from the call's own."""
    yield from _roles(call, account)
    for specification in call.parameters.get("TagSpecifications", ()) if call.service == "ec2" else ():
        kind = specification.get("ResourceType", "*")
        yield Question(
            action="ec2:CreateTags",
            resource=f"arn:aws:ec2:{call.region}:{account}:{kind}/*",
            context={"ec2:createaction": (call.operation,)},
        )
    if call.name in {"s3:CopyObject", "s3:UploadPartCopy"}:
        source = str(call.parameters["CopySource"]).partition("?")[0].lstrip("/")
        yield Question(action="s3:GetObject", resource=f"arn:aws:s3:::{source}")
    if call.parameters.get("BypassGovernanceRetention"):
        bucket, key = call.parameters["Bucket"], call.parameters.get("Key", "*")
        yield Question(action="s3:BypassGovernanceRetention", resource=f"arn:aws:s3:::{bucket}/{key}")


def _roles(call: Call, account: str) -> Iterable[Question]:
    for path, service in _HANDED_OVER.get(call.name, ()):
        for role in _values(call.parameters, path.split(".")):
            arn = role if role.startswith("arn:") else f"arn:aws:iam::{account}:role/{role}"
            yield Question(action="iam:PassRole", resource=arn, context={"iam:passedtoservice": (service,)})


def _values(value: Any, path: list[str]) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _values(one, path)
    elif not path:
        yield from [value] if isinstance(value, str) and value else []
    elif isinstance(value, Mapping):
        yield from _values(value.get(path[0]), path[1:])
