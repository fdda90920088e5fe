"""Alarms, a dashboard and a monthly budget for operators."""

import json
from typing import Any, TypeAlias

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostFilter,
    BudgetsBudgetNotification,
)
from cdktf_cdktf_provider_aws.cloudwatch_dashboard import CloudwatchDashboard
from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from constructs import Construct

from environments.sections.observability import Observability as ObservabilityConfig
from modules.alarms import Alarms
from modules.compute.training_compute import TrainingCompute
from modules.feature_store import FeatureStore
from modules.metadata_database import MetadataDatabase
from modules.names import Limit, Names

__all__ = ["Observability"]

_PERIOD = 300  # s
_Graph: TypeAlias = tuple[str, list[list[Any]]]  # the title and the metrics
_TRAIL_CHANGES = ("DeleteTrail", "PutEventSelectors", "PutInsightSelectors", "StopLogging", "UpdateTrail")


class Observability(Construct):
    """Alarms on the database, the online table, jobs and audit trails, a dashboard, and a monthly budget.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `observability` of the environment's file.
        names: The names of the environment's resources.
        alarms: The topic that alarms and notices go to.
        metadata: The database, watched for load and memory.
        features: The online table, watched for throttling; None if there is none.
        compute: The job queues, watched for failed jobs.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ObservabilityConfig,
        names: Names,
        alarms: Alarms,
        metadata: MetadataDatabase,
        features: FeatureStore | None,
        compute: TrainingCompute,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._names = names
        self._watch_database(alarms, metadata)
        if features is not None:
            self._watch_online_table(alarms, features)
        self._watch_jobs(alarms, compute)
        self._watch_trails(alarms)
        self._dashboard(metadata, features)
        if config.budget:
            self._budget(alarms)

    def _watch_database(self, alarms: Alarms, metadata: MetadataDatabase) -> None:
        cluster = {"DBClusterIdentifier": metadata.resource.cluster_identifier}
        # Instances of a provisioned class have no ACUUtilization.
        larger = (
            "Raise metadata.maximum_capacity"
            if metadata.serverless
            else "Choose a larger metadata.instance_class"
        )
        alarms.add(
            "database-at-capacity",
            description="The metadata database has run at its maximum capacity for 15 minutes. "
            f"{larger}, or find the cause of the load in Performance Insights.",
            namespace="AWS/RDS",
            metric="ACUUtilization" if metadata.serverless else "CPUUtilization",
            statistic="Average",
            dimensions=cluster,
            threshold=95,
            periods=3,
        )
        alarms.add(
            "database-memory",
            description=f"The metadata database has less than 256 MiB of free memory. {larger}.",
            namespace="AWS/RDS",
            metric="FreeableMemory",
            statistic="Minimum",
            dimensions=cluster,
            threshold=256 * 1024**2,
            above=False,
            periods=3,
        )

    def _watch_online_table(self, alarms: Alarms, features: FeatureStore) -> None:
        for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
            alarms.add(
                f"online-{metric.removesuffix('ThrottleEvents').lower()}-throttled",
                description="DynamoDB throttles requests for online features. One key may be requested too often.",
                namespace="AWS/DynamoDB",
                metric=metric,
                dimensions={"TableName": features.online_table.name},
                threshold=0,
            )

    def _watch_jobs(self, alarms: Alarms, compute: TrainingCompute) -> None:
        # Batch has no metric for failed jobs, but sends an event for each, also for jobs that the queue's time limit
        # cancels.
        self._notify(
            alarms,
            "failed-jobs",
            description="Failed Batch jobs, including jobs that were cancelled because no instance could start",
            pattern={
                "source": ["aws.batch"],
                "detail-type": ["Batch Job State Change"],
                "detail": {
                    "status": ["FAILED"],
                    "jobQueue": [pool.queue_arn for pool in compute.pools],
                },
            },
            undelivered="A notice about a failed job was not delivered to the topic. Look at the failed jobs in Batch",
        )

    def _watch_trails(self, alarms: Alarms) -> None:
        # EventBridge gets the calls that a trail records, including the call that stops it and calls that IAM denied.
        # Source: Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail".
        self._notify(
            alarms,
            "trail-changes",
            description="Calls that stop, change or delete an audit trail, including denied calls",
            pattern={
                "source": ["aws.cloudtrail"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["cloudtrail.amazonaws.com"],
                    "eventName": list(_TRAIL_CHANGES),
                },
            },
            undelivered="A notice about a change of an audit trail was not delivered to the topic. Check the trail",
        )

    def _notify(
        self, alarms: Alarms, id: str, *, description: str, pattern: dict[str, Any], undelivered: str
    ) -> None:
        """Send every event that matches a pattern to the topic, and add an alarm for failed deliveries."""
        rule = CloudwatchEventRule(
            self,
            id,
            name=self._names.physical(id, limit=Limit.EVENT_RULE),
            description=description,
            event_pattern=json.dumps(pattern),
            state="ENABLED",  # without it, Terraform does not see that somebody disabled the rule
        )
        CloudwatchEventTarget(self, f"{id}-target", rule=rule.name, arn=alarms.topic_arn)
        alarms.add_for_rule(
            f"{id}-unheard",
            rule,
            description=f"{undelivered}, then the policies of the topic and of the key.",
        )

    def _dashboard(self, metadata: MetadataDatabase, features: FeatureStore | None) -> None:
        graphs = (*_database_graphs(metadata), *(_feature_graphs(features) if features else ()))
        CloudwatchDashboard(
            self,
            "dashboard",
            dashboard_name=self._names.physical("platform", limit=Limit.DASHBOARD),
            dashboard_body=json.dumps(
                {"widgets": [self._graph(index, *graph) for index, graph in enumerate(graphs)]}
            ),
        )

    def _graph(self, index: int, title: str, metrics: list[list[Any]]) -> dict[str, Any]:
        return {
            "type": "metric",
            "x": 12 * (index % 2),
            "y": 6 * (index // 2),
            "width": 12,
            "height": 6,
            "properties": {
                "title": title,
                "metrics": metrics,
                "region": self._names.region,
                "period": _PERIOD,
                "view": "timeSeries",
            },
        }

    def _budget(self, alarms: Alarms) -> None:
        BudgetsBudget(
            self,
            "budget",
            name=self._names.physical("monthly", limit=Limit.BUDGET),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=f"{self._config.monthly_budget_usd}.0",
            limit_unit="USD",
            cost_filter=[
                BudgetsBudgetCostFilter(
                    name="TagKeyValue", values=[f"user:environment${self._names.environment}"]
                )
            ],
            notification=[
                BudgetsBudgetNotification(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=threshold,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[alarms.topic_arn],
                )
                for kind, threshold in (("ACTUAL", 80), ("FORECASTED", 100))
            ],
        )


def _database_graphs(metadata: MetadataDatabase) -> tuple[_Graph, ...]:
    cluster = metadata.resource.cluster_identifier
    return (
        (
            "Database: capacity (Aurora capacity units)",
            _gauge("AWS/RDS", "ServerlessDatabaseCapacity", "DBClusterIdentifier", cluster),
        )
        if metadata.serverless
        else (
            "Database: processor (%)",
            _gauge("AWS/RDS", "CPUUtilization", "DBClusterIdentifier", cluster),
        ),
        (
            "Database: connections",
            _gauge("AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", cluster),
        ),
    )


def _feature_graphs(features: FeatureStore) -> tuple[_Graph, ...]:
    table = features.online_table.name
    return (
        (
            "Online features: requests",
            [
                ["AWS/DynamoDB", metric, "TableName", table, {"stat": "Sum"}]
                for metric in ("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
            ],
        ),
        (
            "Queries: bytes scanned",
            # Athena publishes the metric with QueryState and QueryType besides WorkGroup: a search finds all series.
            # Source: Amazon Athena User Guide, "List of CloudWatch metrics and dimensions for Athena".
            [
                [
                    {
                        "id": "scanned",
                        "expression": f'SEARCH(\'Namespace="AWS/Athena" MetricName="ProcessedBytes" '
                        f"WorkGroup=\"{features.workgroup.name}\"', 'Sum', {_PERIOD})",
                    }
                ]
            ],
        ),
    )


def _gauge(*metric: str) -> list[list[Any]]:
    """Return the series of a metric that is sampled every minute, of which a sum has no meaning."""
    return [[*metric, {"stat": statistic, "label": statistic}] for statistic in ("Average", "Maximum")]
