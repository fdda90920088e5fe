"""Parameters that name a resource, and the form of its ARN; dots lead into structures and lists."""

from collections.abc import Mapping

__all__ = ["NAMES", "NOWHERE"]


def _of(service: str, parameters: Mapping[str, str], *, where: str = "{region}:{account}:") -> dict[str, str]:
    return {name: f"arn:aws:{service}:{where}{resource}" for name, resource in parameters.items()}


# A new resource is often named by another parameter than an existing one.
NAMES: Mapping[str, Mapping[str, str]] = {
    "athena": _of(
        "athena",
        {
            "CatalogName": "datacatalog/{0}",
            "ResourceARN": "{0}",
            "WorkGroup": "workgroup/{0}",
        },
    ),
    "batch": _of(
        "batch",
        {
            "computeEnvironment": "compute-environment/{0}",
            "computeEnvironmentName": "compute-environment/{0}",
            "computeEnvironmentOrder.computeEnvironment": "compute-environment/{0}",
            "jobDefinition": "job-definition/{0}",
            "jobDefinitionName": "job-definition/{0}",
            "jobId": "job/{0}",
            "jobQueue": "job-queue/{0}",
            "jobQueueName": "job-queue/{0}",
            "name": "scheduling-policy/{0}",
            "arn": "{0}",
            "resourceArn": "{0}",
            "schedulingPolicyArn": "{0}",
        },
    ),
    "budgets": _of(
        "budgets",
        {
            "Budget.BudgetName": "budget/{0}",
            "BudgetName": "budget/{0}",
            "NewBudget.BudgetName": "budget/{0}",
            "ResourceARN": "{0}",
        },
        where=":{account}:",
    ),
    "cloudtrail": _of(
        "cloudtrail",
        {
            "Name": "trail/{0}",
            "ResourceId": "{0}",
            "ResourceIdList": "{0}",
            "TrailName": "trail/{0}",
        },
    ),
    "cloudwatch": {
        **_of("cloudwatch", {"AlarmName": "alarm:{0}", "AlarmNames": "alarm:{0}", "ResourceARN": "{0}"}),
        **_of(
            "cloudwatch",
            {"DashboardName": "dashboard/{0}", "DashboardNames": "dashboard/{0}"},
            where=":{account}:",
        ),
    },
    "dynamodb": _of("dynamodb", {"ResourceArn": "{0}", "TableName": "table/{0}"}),
    "ecr": _of(
        "ecr",
        {
            "repositoryName": "repository/{0}",
            "repositoryNames": "repository/{0}",
            "resourceArn": "{0}",
        },
    ),
    "ecs": _of(
        "ecs",
        {
            "cluster": "cluster/{0}",
            "clusterName": "cluster/{0}",
            "clusters": "cluster/{0}",
            "family": "task-definition/{0}:*",
            "resourceArn": "{0}",
            "taskDefinition": "task-definition/{0}",
        },
    ),
    "events": _of("events", {"Name": "rule/{0}", "ResourceARN": "{0}", "Rule": "rule/{0}"}),
    "kms": _of("kms", {"KeyId": "key/{0}", "TargetKeyId": "key/{0}", "AliasName": "{0}"}),
    "rds": _of(
        "rds",
        {
            "DBClusterIdentifier": "cluster:{0}",
            "DBClusterParameterGroupName": "cluster-pg:{0}",
            "DBClusterSnapshotIdentifier": "cluster-snapshot:{0}",
            "DBInstanceIdentifier": "db:{0}",
            "DBSubnetGroupName": "subgrp:{0}",
            "FinalDBSnapshotIdentifier": "cluster-snapshot:{0}",
            "ResourceName": "{0}",
        },
    ),
    "sagemaker": _of(
        "sagemaker",
        {
            "NotebookInstanceLifecycleConfigName": "notebook-instance-lifecycle-config/{0}",
            "NotebookInstanceName": "notebook-instance/{0}",
            "ResourceArn": "{0}",
        },
    ),
    "secretsmanager": _of("secretsmanager", {"Name": "secret:{0}-??????", "SecretId": "secret:{0}-??????"}),
    "sns": _of("sns", {"Name": "{0}", "ResourceArn": "{0}", "TopicArn": "{0}"}),
    "states": _of(
        "states",
        {
            "executionArn": "{0}",
            "resourceArn": "{0}",
            "stateMachineArn": "{0}",
        },
    ),
}

# Actions without resources in IAM, although their calls name one.
NOWHERE = frozenset(
    {
        "batch:DescribeComputeEnvironments",
        "batch:DescribeJobDefinitions",
        "batch:DescribeJobQueues",
        "batch:DescribeJobs",
        "batch:DescribeSchedulingPolicies",
        "batch:ListJobs",
        "cloudtrail:DescribeTrails",
        "ecr:GetAuthorizationToken",
        "ecs:DeregisterTaskDefinition",
        "ecs:DescribeTaskDefinition",
        "kms:CreateKey",
        "kms:ListAliases",
        "sns:GetSubscriptionAttributes",
        "sns:Unsubscribe",
        "ssm:DescribeParameters",
        "states:ValidateStateMachineDefinition",
        "sts:GetCallerIdentity",
    }
)
