"""Rules of EventBridge."""

from moto.events.models import events_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_MOST_TARGETS = 5
_MODEL = "EventBridge API model (botocore)"
# Targets that EventBridge invokes as a role. Other targets have a resource policy (same source).
_BY_ROLE = ("states", "kinesis", "batch")


@rule(
    "rule-targets",
    on=("events:PutTargets",),
    code="LimitExceededException",
    source=f"{_MODEL}, PutTargets: each rule can have up to five targets",
)
def rule_targets(request: Request) -> str | None:
    """A rule must have at most five targets."""
    bus = (request.get("EventBusName") or "default").rpartition("/")[2]
    buses = request.backend(events_backends).event_buses
    found = buses[bus].rules.get(request.get("Rule")) if bus in buses else None
    if found is None:
        return None
    ids = {target["Id"] for target in (*found.targets, *request.get("Targets", ()))}
    return "The requested resource exceeds the maximum number allowed." if len(ids) > _MOST_TARGETS else None


@rule(
    "rule-target-role",
    on=("events:PutTargets",),
    code="ValidationException",
    source=f"{_MODEL}, PutTargets: relies on IAM roles for these targets",
)
def rule_target_role(request: Request) -> str | None:
    """A target that is a state machine, a stream or a job queue must have a role."""
    for target in request.get("Targets", ()):
        parts = target.get("Arn", "").split(":")
        if len(parts) > 2 and parts[2] in _BY_ROLE and not target.get("RoleArn"):
            return f"RoleArn is required for target {target['Arn']}."
    return None


RULES: tuple[Rule, ...] = (rule_targets, rule_target_role)
