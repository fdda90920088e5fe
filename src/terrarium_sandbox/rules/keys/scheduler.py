"""Keys of schedules: what EventBridge Scheduler asks of KMS in the caller's name, and as the execution role."""

from collections.abc import Iterable

from moto.scheduler.models import scheduler_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, DESCRIBE, GENERATE, KeyUse, refusal_of_role
from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RULES", "refusal_of_schedule"]

_SOURCE = "EventBridge Scheduler User Guide, Encryption at rest in EventBridge Scheduler"


@caller_key_rule(
    "scheduler-schedule-key",
    on=("scheduler:CreateSchedule", "scheduler:UpdateSchedule"),
    status=403,
    source=f"{_SOURCE}, Identity-based permissions for customer managed keys",
)
def schedule_key(request: Request) -> Iterable[KeyUse]:
    """Writing an encrypted schedule needs kms:DescribeKey, kms:GenerateDataKey and kms:Decrypt via Scheduler."""
    key = request.get("KmsKeyArn")
    if key:
        yield use(request, key, DESCRIBE, GENERATE, DECRYPT, context=_context(_arn(request)))


@caller_key_rule(
    "scheduler-reader-key",
    on=("scheduler:GetSchedule",),
    status=403,
    source="CloudFormation resource schema AWS::Scheduler::Schedule, read handler, which needs kms:Decrypt; "
    f"{_SOURCE}, Encryption artifacts",
)
def reader_key(request: Request) -> Iterable[KeyUse]:
    """Reading a schedule, whose input is encrypted with a key, needs kms:Decrypt via EventBridge Scheduler."""
    group = request.backend(scheduler_backends).schedule_groups.get(request.get("GroupName") or "default")
    schedule = group.schedules.get(request.get("Name")) if group else None
    if schedule is not None and schedule.kms_key_arn:
        yield use(request, schedule.kms_key_arn, DECRYPT, context=_context(schedule.arn))


def refusal_of_schedule(schedule_arn: str, *, key: str, role_arn: str) -> str | None:
    """Return why KMS refuses the role of a schedule to read its input, or None if it does not.

    The role calls KMS without `kms:ViaService`. Policies are to be kept from being changed meanwhile.

    Args:
        schedule_arn: The schedule.
        key: Its key.
        role_arn: The role of its target.
    """
    _, _, _, region, account, _ = schedule_arn.split(":", 5)
    asked = KeyUse(
        key=key, actions=(DECRYPT,), account=account, region=region, context=_context(schedule_arn)
    )
    return refusal_of_role(asked, role_arn=role_arn, service="scheduler.amazonaws.com")


def _arn(request: Request) -> str:
    group = request.get("GroupName") or "default"
    return f"arn:aws:scheduler:{request.call.region}:{request.account}:schedule/{group}/{request.get('Name')}"


def _context(schedule_arn: str) -> dict[str, str]:
    return {"aws:scheduler:schedule:arn": schedule_arn}


RULES: tuple[Rule, ...] = (schedule_key, reader_key)
