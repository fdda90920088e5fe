"""Rules of EventBridge Scheduler."""

from moto.scheduler.models import scheduler_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule
from terrarium_sandbox.rules.trusted_service import trusts

__all__ = ["RULES"]

_CHANGES = ("scheduler:CreateSchedule", "scheduler:UpdateSchedule")


@rule(
    "schedule-role",
    on=_CHANGES,
    code="ValidationException",
    source="aws/aws-sdk-js-v3 issue 6494; EventBridge Scheduler User Guide, Setting up: execution role",
)
def schedule_role(request: Request) -> str | None:
    """The role of a schedule must trust EventBridge Scheduler."""
    role = (request.get("Target") or {}).get("RoleArn", "")
    group = request.get("GroupName") or "default"
    # The source is the schedule's group ("Confused deputy prevention in EventBridge Scheduler").
    source = f"arn:aws:scheduler:{request.call.region}:{request.account}:schedule-group/{group}"
    if role.count(":") < 5 or trusts(role, "scheduler.amazonaws.com", source_arn=source):
        return None
    return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


@rule(
    "schedule-group",
    on=_CHANGES,
    code="ResourceNotFoundException",
    status=404,
    source="EventBridge Scheduler API model (botocore), CreateSchedule: ResourceNotFoundException",
)
def schedule_group(request: Request) -> str | None:
    """A schedule must be created in a group that exists."""
    name = request.get("GroupName") or "default"
    if name in request.backend(scheduler_backends).schedule_groups:
        return None
    return f"Schedule group {name} does not exist."


RULES: tuple[Rule, ...] = (schedule_role, schedule_group)
