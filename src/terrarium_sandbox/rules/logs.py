"""Rules of CloudWatch Logs."""

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

# Source: CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays, Possible values.
_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip


@rule(
    "log-retention-days",
    on=("logs:PutRetentionPolicy",),
    code="InvalidParameterException",
    source="CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays, Possible values",
)
def log_retention_days(request: Request) -> str | None:
    """Log events are retained for one of 22 numbers of days."""
    if request.get("retentionInDays") in _RETENTION_DAYS:
        return None
    return "Failed to satisfy constraint: Member must satisfy enum value set: " + str(list(_RETENTION_DAYS))


RULES: tuple[Rule, ...] = (log_retention_days,)
