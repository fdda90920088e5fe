"""Rules of STS about the duration of sessions."""

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_CHAINED_SECONDS = 3600


@rule(
    "session-longer-than-its-role-allows",
    on=("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"),
    code="ValidationError",
    source="STS API Reference, AssumeRole, DurationSeconds: at most the role's maximum session duration",
)
def session_longer_than_its_role_allows(request: Request) -> str | None:
    """A session must not last longer than its role's maximum session duration."""
    arn, seconds = request.get("RoleArn", ""), request.get("DurationSeconds")
    account = arn.split(":")[4] if arn.count(":") > 4 else request.account
    roles = list(iam_backends[account]["aws"].roles.values()) if account in iam_backends else []
    role = next((role for role in roles if role.arn == arn), None)
    if seconds is None or role is None or seconds <= (role.max_session_duration or _CHAINED_SECONDS):
        return None
    return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."


@rule(
    "chained-session-longer-than-an-hour",
    on=("sts:AssumeRole",),
    code="ValidationError",
    source="IAM User Guide, Roles terms and concepts, Role chaining: a session of at most one hour",
)
def chained_session_longer_than_an_hour(request: Request) -> str | None:
    """A session that assumes another role must not last longer than one hour."""
    seconds = request.get("DurationSeconds")
    if seconds is None or seconds <= _CHAINED_SECONDS or request.access_key is None:
        return None
    sts = sts_backends[request.account]["aws"]
    if sts.get_assumed_role_from_access_key(request.access_key) is None:
        return None
    return (
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    )


RULES: tuple[Rule, ...] = (session_longer_than_its_role_allows, chained_session_longer_than_an_hour)
