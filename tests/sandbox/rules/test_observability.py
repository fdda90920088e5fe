"""Rules of CloudWatch Logs and CloudWatch alarms."""

from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by


def alarm(client: Client, *, period: int, periods: int) -> None:
    client("cloudwatch").put_metric_alarm(
        AlarmName="alarm",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Sum",
        Period=period,
        EvaluationPeriods=periods,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


@pytest.mark.parametrize("days", [8, 364, 4000])
def test_retention_is_one_of_a_list(client: Client, days: int) -> None:
    logs: Any = client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix="retained")["logGroups"]:
        logs.create_log_group(logGroupName="retained")
    logs.put_retention_policy(logGroupName="retained", retentionInDays=365)
    with refused_by("log-retention-days"):
        logs.put_retention_policy(logGroupName="retained", retentionInDays=days)


@pytest.mark.parametrize("period", [45, 90, 15])
def test_the_period_of_an_alarm_is_whole_minutes_or_short(client: Client, period: int) -> None:
    for accepted in (10, 20, 30, 120):
        alarm(client, period=accepted, periods=1)
    with refused_by("alarm-period"):
        alarm(client, period=period, periods=1)


def test_an_alarm_evaluates_a_day_or_a_week(client: Client) -> None:
    alarm(client, period=300, periods=288)
    alarm(client, period=3600, periods=168)
    with refused_by("alarm-evaluation-period"):
        alarm(client, period=300, periods=289)
    with refused_by("alarm-evaluation-period"):
        alarm(client, period=3600, periods=169)
