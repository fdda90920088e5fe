"""Rules of CloudWatch alarms."""

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_HIGH_RESOLUTION_SECONDS = (10, 20, 30)
_MINUTE_SECONDS, _HOUR_SECONDS, _DAY_SECONDS = 60, 3600, 86400


@rule(
    "alarm-period",
    on=("cloudwatch:PutMetricAlarm",),
    code="ValidationError",
    source="CloudWatch API Reference, PutMetricAlarm, Period: 10, 20, 30, and any multiple of 60",
)
def alarm_period(request: Request) -> str | None:
    """The period of an alarm is 10, 20 or 30 seconds, or a multiple of 60."""
    period = request.get("Period")
    if period is None or period in _HIGH_RESOLUTION_SECONDS or (period > 0 and period % _MINUTE_SECONDS == 0):
        return None
    return "Period must be 10, 20, 30 or a multiple of 60"


@rule(
    "alarm-evaluation-period",
    on=("cloudwatch:PutMetricAlarm",),
    code="ValidationError",
    source="CloudWatch API Reference, PutMetricAlarm, EvaluationPeriods: one day, seven from an hour on",
)
def alarm_evaluation_period(request: Request) -> str | None:
    """An alarm evaluates at most one day, or seven days if its period is an hour or longer."""
    period, periods = request.get("Period"), request.get("EvaluationPeriods")
    if period is None or periods is None:
        return None
    days = 7 if period >= _HOUR_SECONDS else 1
    if period * periods <= days * _DAY_SECONDS:
        return None
    return (
        f"EvaluationPeriods * Period must be at most {days * _DAY_SECONDS} seconds, and is {period * periods}"
    )


RULES: tuple[Rule, ...] = (alarm_period, alarm_evaluation_period)
