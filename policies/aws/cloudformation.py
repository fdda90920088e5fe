"""What CloudFormation's handlers call to read, create, update and delete a resource, by Terraform type.

The resource schemas come with cfn-lint, which takes them from the CloudFormation registry; `handlers` lists the
permissions of each handler (CloudFormation CLI User Guide, "Resource type schema").
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from policies.aws.packaged_data import packaged_data
from policies.aws.service_authorization import Action, actions_matching

__all__ = ["CLOUDFORMATION_TYPES", "handler_actions"]

# Any region has all types in use; a schema does not differ between regions in its handlers.
_REGION = "us-east-1"

CLOUDFORMATION_TYPES: Mapping[str, str] = {
    "aws_athena_workgroup": "AWS::Athena::WorkGroup",
    "aws_batch_compute_environment": "AWS::Batch::ComputeEnvironment",
    "aws_batch_job_definition": "AWS::Batch::JobDefinition",
    "aws_batch_job_queue": "AWS::Batch::JobQueue",
    "aws_batch_scheduling_policy": "AWS::Batch::SchedulingPolicy",
    "aws_budgets_budget": "AWS::Budgets::Budget",
    "aws_cloudtrail": "AWS::CloudTrail::Trail",
    "aws_cloudwatch_dashboard": "AWS::CloudWatch::Dashboard",
    "aws_cloudwatch_event_rule": "AWS::Events::Rule",
    "aws_cloudwatch_event_target": "AWS::Events::Rule",
    "aws_cloudwatch_log_group": "AWS::Logs::LogGroup",
    "aws_cloudwatch_metric_alarm": "AWS::CloudWatch::Alarm",
    "aws_db_subnet_group": "AWS::RDS::DBSubnetGroup",
    "aws_default_security_group": "AWS::EC2::SecurityGroup",
    "aws_dynamodb_table": "AWS::DynamoDB::Table",
    "aws_ecr_lifecycle_policy": "AWS::ECR::Repository",
    "aws_ecr_repository": "AWS::ECR::Repository",
    "aws_ecs_cluster": "AWS::ECS::Cluster",
    "aws_ecs_task_definition": "AWS::ECS::TaskDefinition",
    "aws_eip": "AWS::EC2::EIP",
    "aws_flow_log": "AWS::EC2::FlowLog",
    "aws_glue_catalog_database": "AWS::Glue::Database",
    "aws_iam_instance_profile": "AWS::IAM::InstanceProfile",
    "aws_iam_openid_connect_provider": "AWS::IAM::OIDCProvider",
    "aws_iam_policy": "AWS::IAM::ManagedPolicy",
    "aws_iam_role": "AWS::IAM::Role",
    "aws_iam_role_policy_attachment": "AWS::IAM::Role",
    "aws_internet_gateway": "AWS::EC2::InternetGateway",
    "aws_kms_alias": "AWS::KMS::Alias",
    "aws_kms_key": "AWS::KMS::Key",
    "aws_launch_template": "AWS::EC2::LaunchTemplate",
    "aws_nat_gateway": "AWS::EC2::NatGateway",
    "aws_placement_group": "AWS::EC2::PlacementGroup",
    "aws_rds_cluster": "AWS::RDS::DBCluster",
    "aws_rds_cluster_instance": "AWS::RDS::DBInstance",
    "aws_rds_cluster_parameter_group": "AWS::RDS::DBClusterParameterGroup",
    "aws_route": "AWS::EC2::Route",
    "aws_route_table": "AWS::EC2::RouteTable",
    "aws_route_table_association": "AWS::EC2::SubnetRouteTableAssociation",
    "aws_s3_bucket": "AWS::S3::Bucket",
    "aws_s3_bucket_lifecycle_configuration": "AWS::S3::Bucket",
    "aws_s3_bucket_notification": "AWS::S3::Bucket",
    "aws_s3_bucket_object_lock_configuration": "AWS::S3::Bucket",
    "aws_s3_bucket_ownership_controls": "AWS::S3::Bucket",
    "aws_s3_bucket_policy": "AWS::S3::BucketPolicy",
    "aws_s3_bucket_public_access_block": "AWS::S3::Bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "AWS::S3::Bucket",
    "aws_s3_bucket_versioning": "AWS::S3::Bucket",
    "aws_sagemaker_notebook_instance": "AWS::SageMaker::NotebookInstance",
    "aws_sagemaker_notebook_instance_lifecycle_configuration": "AWS::SageMaker::NotebookInstanceLifecycleConfig",
    "aws_scheduler_schedule": "AWS::Scheduler::Schedule",
    "aws_scheduler_schedule_group": "AWS::Scheduler::ScheduleGroup",
    "aws_security_group": "AWS::EC2::SecurityGroup",
    "aws_sfn_state_machine": "AWS::StepFunctions::StateMachine",
    "aws_sns_topic": "AWS::SNS::Topic",
    "aws_sns_topic_policy": "AWS::SNS::TopicPolicy",
    "aws_sns_topic_subscription": "AWS::SNS::Subscription",
    "aws_sqs_queue": "AWS::SQS::Queue",
    "aws_sqs_queue_policy": "AWS::SQS::QueuePolicy",
    "aws_ssm_parameter": "AWS::SSM::Parameter",
    "aws_subnet": "AWS::EC2::Subnet",
    "aws_vpc": "AWS::EC2::VPC",
    "aws_vpc_endpoint": "AWS::EC2::VPCEndpoint",
    "aws_vpc_security_group_egress_rule": "AWS::EC2::SecurityGroupEgress",
    "aws_vpc_security_group_ingress_rule": "AWS::EC2::SecurityGroupIngress",
}


@cache
def handler_actions(kind: str, handler: str) -> tuple[Action, ...]:
    """Return the actions that CloudFormation's handler of a Terraform type needs.

    A handler also lists permissions that are none of IAM's (`s3:REST.PUT.OBJECT`); they are left out.
    """
    handlers = _schema(CLOUDFORMATION_TYPES[kind]).get("handlers", {})
    permissions = handlers.get(handler, {}).get("permissions", ())
    return tuple(action for permission in permissions for action in actions_matching(permission))


@cache
def _schema(name: str) -> Mapping[str, Any]:
    schema: dict[str, Any] = json.loads(
        packaged_data("cfnlint", "data", "schemas", "resources", f"{_digests()[name]}.json")
    )
    return schema


@cache
def _digests() -> Mapping[str, str]:
    digests: dict[str, str] = json.loads(
        packaged_data("cfnlint", "data", "schemas", "providers", f"{_REGION}.json")
    )
    return digests
