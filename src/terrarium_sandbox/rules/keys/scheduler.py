"""Rules about the keys of schedules, used in the caller's name and as the execution role."""

from collections.abc import Iterable

from moto.scheduler.models import scheduler_backends

from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, DESCRIBE, GENERATE, KeyUse, kms_denial_for_role
from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RULES", "schedule_key_denial"]

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


def schedule_key_denial(schedule_arn: str, *, key: str, role_arn: str) -> str | None:
    """Return why KMS denies a schedule's role the decryption of the input, or None if KMS allows it.

    The role calls KMS without `kms:ViaService`. The caller must lock policies against changes.

    Args:
        schedule_arn: The schedule.
        key: The schedule's key.
        role_arn: The role of its target.
    """
    _, _, _, region, account, _ = schedule_arn.split(":", 5)
    key_use = KeyUse(
        key=key, actions=(DECRYPT,), account=account, region=region, context=_context(schedule_arn)
    )
    return kms_denial_for_role(key_use, role_arn=role_arn, service="scheduler.amazonaws.com")


def _arn(request: Request) -> str:
    group = request.get("GroupName") or "default"
    return f"arn:aws:scheduler:{request.call.region}:{request.account}:schedule/{group}/{request.get('Name')}"


def _context(schedule_arn: str) -> dict[str, str]:
    return {"aws:scheduler:schedule:arn": schedule_arn}


RULES: tuple[Rule, ...] = (schedule_key, reader_key)
