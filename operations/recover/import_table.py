"""Table of the resource types of the stacks: how the object of a resource is found, and its import id.

Names are contract, so that most objects are found by name. What AWS names itself is found by the tag `Name`, by the
network that it is in, or by its alias. Import ids are those of the documentation of hashicorp/aws 5.100.0.
"""

from collections.abc import Mapping
from typing import Final

from operations.recover.lookup import Lookup

__all__ = ["IMPORT_TABLE"]


def _ec2(operation: str, found: str, import_id: str = "{found}", **filters: str) -> Lookup:
    """Return a lookup by filters. Underscores in their names stand for hyphens, and `tag_` for `tag:`."""
    parameter = "Filter" if operation in ("describe_flow_logs", "describe_nat_gateways") else "Filters"
    return Lookup(
        "ec2",
        operation,
        {parameter: [{"Name": _filter(name), "Values": value.split(",")} for name, value in filters.items()]},
        found,
        import_id,
    )


def _filter(name: str) -> str:
    return name.replace("tag_", "tag:", 1) if name.startswith("tag_") else name.replace("_", "-")


def _bucket(operation: str, found: str = "@") -> Lookup:
    return Lookup("s3", operation, {"Bucket": "{bucket}"}, found, "{bucket}")


# The tags of what the environment has created.
_CREATED: Final = {"tag_environment": "{environment}", "tag_managed-by": "terrarium"}
_ROLE_OF_GRANTS: Final = Lookup("iam", "get_role", {"RoleName": "{role_name}"}, import_id="{role_name}")

IMPORT_TABLE: Final[Mapping[str, Lookup]] = {
    "aws_athena_workgroup": Lookup(
        "athena",
        "get_work_group",
        {"WorkGroup": "{name}"},
        import_id="{name}",
        absent=("InvalidRequestException",),
    ),
    "aws_batch_compute_environment": Lookup(
        "batch",
        "describe_compute_environments",
        {},
        "computeEnvironments[?starts_with(computeEnvironmentName, '{compute_environment_name_prefix}') && "
        "!starts_with(status, 'DELET')].computeEnvironmentName",
        status="computeEnvironments[?computeEnvironmentName=='{found}'].status | [0]",
        ready=("VALID",),
    ),
    "aws_batch_job_definition": Lookup(
        "batch",
        "describe_job_definitions",
        {"jobDefinitionName": "{name}", "status": "ACTIVE"},
        "max_by(jobDefinitions, &revision).jobDefinitionArn",
    ),
    "aws_batch_job_queue": Lookup(
        "batch",
        "describe_job_queues",
        {"jobQueues": ["{name}"]},
        "jobQueues[?!starts_with(status, 'DELET')].jobQueueArn",
        status="jobQueues[0].status",
        ready=("VALID",),
    ),
    "aws_batch_scheduling_policy": Lookup(
        "batch",
        "list_scheduling_policies",
        {},
        "schedulingPolicies[?ends_with(arn, ':scheduling-policy/{name}')].arn",
    ),
    "aws_budgets_budget": Lookup(
        "budgets",
        "describe_budget",
        {"AccountId": "{account}", "BudgetName": "{name}"},
        import_id="{account}:{name}",
    ),
    "aws_cloudtrail": Lookup("cloudtrail", "get_trail", {"Name": "{name}"}, "Trail.TrailARN"),
    "aws_cloudwatch_dashboard": Lookup(
        "cloudwatch",
        "get_dashboard",
        {"DashboardName": "{dashboard_name}"},
        import_id="{dashboard_name}",
    ),
    "aws_cloudwatch_event_rule": Lookup("events", "describe_rule", {"Name": "{name}"}, import_id="{name}"),
    "aws_cloudwatch_event_target": Lookup(
        "events",
        "list_targets_by_rule",
        {"Rule": "{rule}"},
        "Targets[?Arn=='{arn}'].Id",
        "{rule}/{found}",
    ),
    "aws_cloudwatch_log_group": Lookup(
        "logs",
        "describe_log_groups",
        {"logGroupNamePrefix": "{name}"},
        "logGroups[?logGroupName=='{name}'].logGroupName",
    ),
    "aws_cloudwatch_metric_alarm": Lookup(
        "cloudwatch", "describe_alarms", {"AlarmNames": ["{alarm_name}"]}, "MetricAlarms[].AlarmName"
    ),
    "aws_db_subnet_group": Lookup(
        "rds", "describe_db_subnet_groups", {"DBSubnetGroupName": "{name}"}, import_id="{name}"
    ),
    # Every network has one, which the resource takes over.
    "aws_default_security_group": _ec2(
        "describe_security_groups", "SecurityGroups[].GroupId", vpc_id="{vpc_id}", group_name="default"
    ),
    "aws_dynamodb_table": Lookup(
        "dynamodb",
        "describe_table",
        {"TableName": "{name}"},
        import_id="{name}",
        status="Table.TableStatus",
        ready=("ACTIVE",),
    ),
    "aws_ecr_lifecycle_policy": Lookup(
        "ecr", "get_lifecycle_policy", {"repositoryName": "{repository}"}, import_id="{repository}"
    ),
    "aws_ecr_repository": Lookup(
        "ecr", "describe_repositories", {"repositoryNames": ["{name}"]}, import_id="{name}"
    ),
    "aws_ecs_cluster": Lookup(
        "ecs",
        "describe_clusters",
        {"clusters": ["{name}"]},
        "clusters[?status=='ACTIVE'].clusterName",
    ),
    "aws_ecs_task_definition": Lookup(
        "ecs",
        "list_task_definitions",
        {"familyPrefix": "{family}", "status": "ACTIVE", "sort": "DESC"},
        "taskDefinitionArns[0]",
    ),
    "aws_eip": _ec2("describe_addresses", "Addresses[].AllocationId", tag_Name="{tags[Name]}"),
    # By tags: in a network of another team, the VPC may have flow logs of that team, too.
    "aws_flow_log": _ec2("describe_flow_logs", "FlowLogs[].FlowLogId", **_CREATED),
    "aws_glue_catalog_database": Lookup(
        "glue", "get_database", {"Name": "{name}"}, import_id="{account}:{name}"
    ),
    "aws_iam_instance_profile": Lookup(
        "iam", "get_instance_profile", {"InstanceProfileName": "{name}"}, import_id="{name}"
    ),
    # An account has one for each issuer: that of another environment is not imported.
    "aws_iam_openid_connect_provider": Lookup(
        "iam",
        "get_open_id_connect_provider",
        {"OpenIDConnectProviderArn": "arn:{partition}:iam::{account}:oidc-provider/{issuer}"},
        "Tags[?Key=='environment' && Value=='{environment}'].Key",
        "arn:{partition}:iam::{account}:oidc-provider/{issuer}",
    ),
    "aws_iam_policy": Lookup(
        "iam", "get_policy", {"PolicyArn": "arn:{partition}:iam::{account}:policy{path}{name}"}, "Policy.Arn"
    ),
    "aws_iam_role": Lookup("iam", "get_role", {"RoleName": "{name}"}, import_id="{name}"),
    "aws_iam_role_policies_exclusive": _ROLE_OF_GRANTS,
    "aws_iam_role_policy_attachment": Lookup(
        "iam",
        "list_attached_role_policies",
        {"RoleName": "{role}"},
        "AttachedPolicies[?PolicyArn=='{policy_arn}'].PolicyArn",
        "{role}/{policy_arn}",
    ),
    "aws_iam_role_policy_attachments_exclusive": _ROLE_OF_GRANTS,
    "aws_internet_gateway": _ec2(
        "describe_internet_gateways", "InternetGateways[].InternetGatewayId", tag_Name="{tags[Name]}"
    ),
    "aws_kms_alias": Lookup("kms", "list_aliases", {}, "Aliases[?AliasName=='{name}'].AliasName"),
    # Its alias is `aws_kms_alias`, by the same name in every environment (modules/encryption.py).
    "aws_kms_key": Lookup("kms", "list_aliases", {}, "Aliases[?AliasName=='alias/{stem}-data'].TargetKeyId"),
    "aws_launch_template": _ec2(
        "describe_launch_templates", "LaunchTemplates[].LaunchTemplateId", launch_template_name="{name}"
    ),
    "aws_placement_group": _ec2(
        "describe_placement_groups", "PlacementGroups[].GroupName", group_name="{name}"
    ),
    "aws_nat_gateway": _ec2(
        "describe_nat_gateways",
        "NatGateways[].NatGatewayId",
        subnet_id="{subnet_id}",
        state="available,pending",
    )._replace(status="NatGateways[0].State", ready=("available",)),
    "aws_rds_cluster": Lookup(
        "rds",
        "describe_db_clusters",
        {"DBClusterIdentifier": "{cluster_identifier}"},
        import_id="{cluster_identifier}",
        status="DBClusters[0].Status",
        ready=("available",),
    ),
    "aws_rds_cluster_instance": Lookup(
        "rds",
        "describe_db_instances",
        {"DBInstanceIdentifier": "{identifier}"},
        import_id="{identifier}",
        status="DBInstances[0].DBInstanceStatus",
        ready=("available",),
    ),
    "aws_rds_cluster_parameter_group": Lookup(
        "rds",
        "describe_db_cluster_parameter_groups",
        {"DBClusterParameterGroupName": "{name}"},
        import_id="{name}",
    ),
    "aws_route": Lookup(
        "ec2",
        "describe_route_tables",
        {"RouteTableIds": ["{route_table_id}"]},
        "RouteTables[0].Routes[?DestinationCidrBlock=='{destination_cidr_block}'].DestinationCidrBlock",
        "{route_table_id}_{destination_cidr_block}",
    ),
    "aws_route_table": _ec2(
        "describe_route_tables", "RouteTables[].RouteTableId", vpc_id="{vpc_id}", tag_Name="{tags[Name]}"
    ),
    "aws_route_table_association": Lookup(
        "ec2",
        "describe_route_tables",
        {"RouteTableIds": ["{route_table_id}"]},
        "RouteTables[0].Associations[?SubnetId=='{subnet_id}'].SubnetId",
        "{subnet_id}/{route_table_id}",
    ),
    "aws_s3_bucket": _bucket("head_bucket"),
    "aws_s3_bucket_lifecycle_configuration": _bucket("get_bucket_lifecycle_configuration"),
    "aws_s3_bucket_logging": _bucket("get_bucket_logging", "LoggingEnabled.TargetBucket"),
    "aws_s3_bucket_notification": _bucket(
        "get_bucket_notification_configuration", "keys(@)[?@!='ResponseMetadata']|[0]"
    ),
    "aws_s3_bucket_object_lock_configuration": _bucket("get_object_lock_configuration"),
    "aws_s3_bucket_ownership_controls": _bucket("get_bucket_ownership_controls"),
    "aws_s3_bucket_policy": _bucket("get_bucket_policy"),
    "aws_s3_bucket_public_access_block": _bucket("get_public_access_block"),
    "aws_s3_bucket_server_side_encryption_configuration": _bucket("get_bucket_encryption"),
    "aws_s3_bucket_versioning": _bucket("get_bucket_versioning", "Status"),
    "aws_sagemaker_notebook_instance": Lookup(
        "sagemaker",
        "describe_notebook_instance",
        {"NotebookInstanceName": "{name}"},
        import_id="{name}",
        absent=("ValidationException",),
        status="NotebookInstanceStatus",
        ready=("InService", "Stopped"),
    ),
    "aws_sagemaker_notebook_instance_lifecycle_configuration": Lookup(
        "sagemaker",
        "describe_notebook_instance_lifecycle_config",
        {"NotebookInstanceLifecycleConfigName": "{name}"},
        import_id="{name}",
        absent=("ValidationException",),
    ),
    "aws_scheduler_schedule": Lookup(
        "scheduler",
        "get_schedule",
        {"GroupName": "{group_name}", "Name": "{name}"},
        import_id="{group_name}/{name}",
    ),
    "aws_scheduler_schedule_group": Lookup(
        "scheduler", "get_schedule_group", {"Name": "{name}"}, import_id="{name}"
    ),
    "aws_security_group": _ec2(
        "describe_security_groups", "SecurityGroups[].GroupId", group_name="{name}", **_CREATED
    ),
    "aws_sfn_state_machine": Lookup(
        "stepfunctions",
        "describe_state_machine",
        {"stateMachineArn": "arn:{partition}:states:{region}:{account}:stateMachine:{name}"},
        "stateMachineArn",
        status="status",
        ready=("ACTIVE",),
    ),
    "aws_sns_topic": Lookup(
        "sns",
        "get_topic_attributes",
        {"TopicArn": "arn:{partition}:sns:{region}:{account}:{name}"},
        "Attributes.TopicArn",
    ),
    "aws_sns_topic_policy": Lookup(
        "sns", "get_topic_attributes", {"TopicArn": "{arn}"}, "Attributes.Policy", "{arn}"
    ),
    # A subscription has no ARN before its owner confirms it. Subscribing again sends the mail again.
    "aws_sns_topic_subscription": Lookup(
        "sns",
        "list_subscriptions_by_topic",
        {"TopicArn": "{topic_arn}"},
        "Subscriptions[?Protocol=='{protocol}' && Endpoint=='{endpoint}' && starts_with(SubscriptionArn, 'arn:')]"
        ".SubscriptionArn",
    ),
    "aws_sqs_queue": Lookup("sqs", "get_queue_url", {"QueueName": "{name}"}, "QueueUrl"),
    "aws_sqs_queue_policy": Lookup(
        "sqs",
        "get_queue_attributes",
        {"QueueUrl": "{queue_url}", "AttributeNames": ["Policy"]},
        "Attributes.Policy",
        "{queue_url}",
    ),
    # Describing takes no key: a parameter whose key cannot be used is found, too.
    "aws_ssm_parameter": Lookup(
        "ssm",
        "describe_parameters",
        {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": ["{name}"]}]},
        "Parameters[].Name",
    ),
    "aws_subnet": _ec2(
        "describe_subnets", "Subnets[].SubnetId", vpc_id="{vpc_id}", cidr_block="{cidr_block}"
    ),
    "aws_vpc": _ec2("describe_vpcs", "Vpcs[].VpcId", tag_Name="{tags[Name]}"),
    "aws_vpc_endpoint": _ec2(
        "describe_vpc_endpoints",
        "VpcEndpoints[].VpcEndpointId",
        vpc_id="{vpc_id}",
        service_name="{service_name}",
        vpc_endpoint_state="available,pending,pendingAcceptance",
    )._replace(status="VpcEndpoints[0].State", ready=("available",)),
}
