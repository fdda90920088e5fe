"""Permissions of CI by service, for resources whose ARN contains the environment's name."""

from typing import NamedTuple

from modules.names import Names

__all__ = ["SERVICES_BY_NAME", "Service", "is_whole"]


def is_whole(pattern: str) -> bool:
    """Return whether a pattern stands for itself: an ARN, or every resource."""
    return pattern == "*" or pattern.startswith("arn:")


class Service(NamedTuple):
    """The actions of a service that Terraform calls to plan and to deploy, and the patterns of its resources.

    The placeholders of patterns are those of `Names.in_pattern`. Patterns of extensions can also be whole ARNs, and `*`
    for actions that take no resource.
    """

    name: str
    prefix: str
    reading: tuple[str, ...]
    changing: tuple[str, ...]
    patterns: tuple[str, ...]
    regional: bool = True

    def resources(self, names: Names) -> tuple[str, ...]:
        """Return the ARN patterns of the environment's resources."""
        return tuple(
            pattern
            if is_whole(pattern)
            else names.arn(self.prefix, names.in_pattern(pattern), regional=self.regional)
            for pattern in self.patterns
        )


def _service(
    name: str,
    prefix: str,
    patterns: tuple[str, ...],
    *,
    reading: str,
    changing: str,
    regional: bool = True,
) -> Service:
    return Service(
        name,
        prefix,
        tuple(f"{prefix}:{action}" for action in reading.split()),
        tuple(f"{prefix}:{action}" for action in changing.split()),
        patterns,
        regional,
    )


SERVICES_BY_NAME = (
    _service(
        "Athena",
        "athena",
        ("workgroup/{name}",),
        reading="GetWorkGroup ListTagsForResource",
        changing="CreateWorkGroup DeleteWorkGroup TagResource UntagResource UpdateWorkGroup",
    ),
    _service(
        "Batch",
        "batch",
        (
            "compute-environment/{name}",
            "job-definition/{name}",
            "job-queue/{name}",
            "scheduling-policy/{name}",
        ),
        reading="ListTagsForResource",
        changing="CreateComputeEnvironment CreateJobQueue CreateSchedulingPolicy DeleteComputeEnvironment "
        "DeleteJobQueue DeleteSchedulingPolicy DeregisterJobDefinition RegisterJobDefinition TagResource "
        "UntagResource UpdateComputeEnvironment UpdateJobQueue UpdateSchedulingPolicy",
    ),
    _service(
        "Budgets",
        "budgets",
        ("budget/{name}",),
        reading="ViewBudget",
        changing="ModifyBudget TagResource UntagResource",
        regional=False,
    ),
    _service(
        "CloudTrail",
        "cloudtrail",
        ("trail/{name}",),
        reading="GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags",
        # Only administrators change, stop and delete the trail: the boundary denies it to CI.
        changing="AddTags CreateTrail RemoveTags StartLogging",
    ),
    _service(
        "CloudWatch",
        "cloudwatch",
        ("alarm:{name}",),
        reading="ListTagsForResource",
        changing="DeleteAlarms PutMetricAlarm TagResource UntagResource",
    ),
    _service(
        "Dashboards",
        "cloudwatch",
        ("dashboard/{name}",),
        reading="GetDashboard",
        changing="DeleteDashboards PutDashboard",
        regional=False,
    ),
    _service(
        "DynamoDb",
        "dynamodb",
        ("table/{name}",),
        reading="DescribeContinuousBackups DescribeTable DescribeTimeToLive GetResourcePolicy ListTagsOfResource",
        changing="CreateTable DeleteTable TagResource UntagResource UpdateContinuousBackups UpdateTable "
        "UpdateTimeToLive",
    ),
    _service(
        "Ecr",
        "ecr",
        ("repository/{name}",),
        reading="DescribeRepositories GetLifecyclePolicy GetRepositoryPolicy ListTagsForResource",
        changing="CreateRepository DeleteLifecyclePolicy DeleteRepository PutImageScanningConfiguration "
        "PutImageTagMutability PutLifecyclePolicy TagResource UntagResource",
    ),
    _service(
        "Ecs",
        "ecs",
        ("cluster/{name}", "task-definition/{name}:*"),
        reading="DescribeClusters ListTagsForResource",
        changing="CreateCluster DeleteCluster RegisterTaskDefinition TagResource UntagResource UpdateCluster",
    ),
    _service(
        "Events",
        "events",
        ("rule/{name}",),
        reading="DescribeRule ListTagsForResource ListTargetsByRule",
        changing="DeleteRule PutRule PutTargets RemoveTargets TagResource UntagResource",
    ),
    _service(
        "Glue",
        "glue",
        ("catalog", "database/{name_}"),
        reading="GetDatabase GetResourcePolicy GetTags",
        changing="CreateDatabase DeleteDatabase TagResource UntagResource UpdateDatabase",
    ),
    _service(
        "Logs",
        "logs",
        (
            "log-group:{logs}",
            "log-group:/aws/rds/cluster/{name}",
            "log-group:/aws/vendedlogs/states/{name}",
        ),
        reading="DescribeSubscriptionFilters ListTagsForResource",
        changing="AssociateKmsKey CreateLogGroup DeleteLogGroup PutRetentionPolicy TagResource UntagResource",
    ),
    _service(
        "Rds",
        "rds",
        (
            "cluster:{name}",
            "cluster-pg:{name}",
            "cluster-snapshot:{name}",
            "db:{name}",
            "og:default:*",  # AWS names the option group of a cluster
            "subgrp:{name}",
        ),
        reading="ListTagsForResource",
        changing="AddTagsToResource CreateDBCluster CreateDBClusterParameterGroup CreateDBClusterSnapshot "
        "CreateDBInstance CreateDBSubnetGroup DeleteDBCluster DeleteDBClusterParameterGroup DeleteDBInstance "
        "DeleteDBSubnetGroup ModifyDBCluster ModifyDBClusterParameterGroup ModifyDBInstance ModifyDBSubnetGroup "
        "RemoveRoleFromDBCluster RemoveTagsFromResource ResetDBClusterParameterGroup",
    ),
    _service(
        "SageMaker",
        "sagemaker",
        ("notebook-instance/{name}", "notebook-instance-lifecycle-config/{name}"),
        reading="DescribeNotebookInstance DescribeNotebookInstanceLifecycleConfig ListTags",
        changing="AddTags CreateNotebookInstance CreateNotebookInstanceLifecycleConfig DeleteNotebookInstance "
        "DeleteNotebookInstanceLifecycleConfig DeleteTags StartNotebookInstance StopNotebookInstance "
        "UpdateNotebookInstance UpdateNotebookInstanceLifecycleConfig",
    ),
    _service(
        "Scheduler",
        "scheduler",
        ("schedule/{name}/*", "schedule-group/{name}"),
        reading="GetSchedule GetScheduleGroup ListTagsForResource",
        changing="CreateSchedule CreateScheduleGroup DeleteSchedule DeleteScheduleGroup TagResource "
        "UntagResource UpdateSchedule",
    ),
    _service(
        "Sns",
        "sns",
        ("{name}",),
        reading="GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource",
        changing="CreateTopic DeleteTopic SetTopicAttributes Subscribe TagResource UntagResource",
    ),
    _service(
        "Sqs",
        "sqs",
        ("{name}",),
        reading="GetQueueAttributes GetQueueUrl ListQueueTags",
        changing="CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue",
    ),
    _service(
        "Ssm",
        "ssm",
        ("parameter/{parameters}",),
        reading="ListTagsForResource",
        changing="AddTagsToResource DeleteParameter PutParameter RemoveTagsFromResource",
    ),
    _service(
        "States",
        "states",
        ("stateMachine:{name}",),
        reading="DescribeStateMachine ListStateMachineVersions ListTagsForResource",
        changing="CreateStateMachine DeleteStateMachine TagResource UntagResource UpdateStateMachine",
    ),
)
