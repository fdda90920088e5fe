"""CloudWatch metrics of the sandbox's services, for tests of effects without a request."""

from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["counted"]


def counted(cloudwatch: Any, metric: str, namespace: str, **dimensions: str) -> float:
    """Return the sum of a metric in the last hour.

    Args:
        cloudwatch: A client.
        metric: The metric.
        namespace: Its namespace.
        dimensions: Its dimensions.
    """
    now = datetime.now(UTC)
    points = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))
