"""Metrics of services in CloudWatch."""

from moto.cloudwatch.models import cloudwatch_backends

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["count"]


def count(
    sandbox: Sandbox, metric: str, *, namespace: str, dimensions: dict[str, str], account: str, region: str
) -> None:
    """Add one to a metric.

    Args:
        sandbox: The host.
        metric: The metric, such as `ExecutionsFailed`.
        namespace: Its namespace, such as `AWS/States`.
        dimensions: Its dimensions.
        account: Its account.
        region: Its region.
    """
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    datum = {
        "MetricName": metric,
        "Value": 1.0,
        "Unit": "Count",
        "Dimensions": named,
    }
    with sandbox.locks.holding("cloudwatch"):
        cloudwatch_backends[account][region].put_metric_data(namespace, [datum])
    sandbox.touch()
