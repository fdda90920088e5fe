"""Actions and resources of boto3's requests, as in the Service Authorization Reference."""

from typing import Any

import pytest

from terrarium_sandbox.authorization.actions import action_of
from terrarium_sandbox.authorization.implied import implied_questions
from terrarium_sandbox.authorization.resources import resources_of
from tests.unit.sandbox.sent_call import REGION, call_of

ACCOUNT = "111111111111"


def regional(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "action", "resources"),
    [
        ("s3", "get_object", {"Bucket": "b", "Key": "a/b"}, "s3:GetObject", ["arn:aws:s3:::b/a/b"]),
        (
            "s3",
            "get_object",
            {"Bucket": "b", "Key": "k", "VersionId": "1"},
            "s3:GetObjectVersion",
            ["arn:aws:s3:::b/k"],
        ),
        ("s3", "head_object", {"Bucket": "b", "Key": "k"}, "s3:GetObject", ["arn:aws:s3:::b/k"]),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}, "s3:PutObject", ["arn:aws:s3:::b/k"]),
        ("s3", "list_objects_v2", {"Bucket": "b", "Prefix": "p/"}, "s3:ListBucket", ["arn:aws:s3:::b"]),
        (
            "s3",
            "put_bucket_lifecycle_configuration",
            {"Bucket": "b", "LifecycleConfiguration": {"Rules": []}},
            "s3:PutLifecycleConfiguration",
            ["arn:aws:s3:::b"],
        ),
        (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {"t": {"Keys": [{"id": {"S": "1"}}]}}},
            "dynamodb:BatchGetItem",
            [regional("dynamodb", "table/t")],
        ),
        (
            "batch",
            "submit_job",
            {"jobName": "j", "jobQueue": "q", "jobDefinition": "d"},
            "batch:SubmitJob",
            [regional("batch", "job-definition/d"), regional("batch", "job-queue/q")],
        ),
        ("batch", "describe_jobs", {"jobs": ["1"]}, "batch:DescribeJobs", ["*"]),
        (
            "glue",
            "update_table",
            {"DatabaseName": "d", "TableInput": {"Name": "t"}},
            "glue:UpdateTable",
            [regional("glue", "catalog"), regional("glue", "database/d"), regional("glue", "table/d/t")],
        ),
        (
            "ssm",
            "get_parameter",
            {"Name": "/terrarium/dev/manifest"},
            "ssm:GetParameter",
            [regional("ssm", "parameter/terrarium/dev/manifest")],
        ),
        (
            "logs",
            "get_log_events",
            {"logGroupName": "/g", "logStreamName": "s"},
            "logs:GetLogEvents",
            [regional("logs", "log-group:/g:log-stream:s")],
        ),
        (
            "stepfunctions",
            "start_execution",
            {"stateMachineArn": regional("states", "stateMachine:m")},
            "states:StartExecution",
            [regional("states", "stateMachine:m")],
        ),
        (
            "iam",
            "attach_role_policy",
            {"RoleName": "r", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/p"},
            "iam:AttachRolePolicy",
            [f"arn:aws:iam::{ACCOUNT}:role/r"],
        ),
        (
            "iam",
            "create_policy_version",
            {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/p", "PolicyDocument": "{}"},
            "iam:CreatePolicyVersion",
            [f"arn:aws:iam::{ACCOUNT}:policy/p"],
        ),
        (
            "ec2",
            "create_subnet",
            {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"},
            "ec2:CreateSubnet",
            [regional("ec2", "subnet/*"), regional("ec2", "vpc/vpc-1")],
        ),
        ("ec2", "describe_vpcs", {"VpcIds": ["vpc-1"]}, "ec2:DescribeVpcs", ["*"]),
        (
            "ec2",
            "create_route",
            {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"},
            "ec2:CreateRoute",
            [regional("ec2", "route-table/rtb-1")],
        ),
        (
            "scheduler",
            "get_schedule",
            {"GroupName": "g", "Name": "n"},
            "scheduler:GetSchedule",
            [regional("scheduler", "schedule/g/n")],
        ),
        (
            "rds",
            "delete_db_cluster",
            {"DBClusterIdentifier": "c", "FinalDBSnapshotIdentifier": "s"},
            "rds:DeleteDBCluster",
            [regional("rds", "cluster:c"), regional("rds", "cluster-snapshot:s")],
        ),
        (
            "sqs",
            "send_message",
            {"QueueUrl": f"http://127.0.0.1:1/{ACCOUNT}/q", "MessageBody": "m"},
            "sqs:SendMessage",
            [regional("sqs", "q")],
        ),
    ],
)
def test_a_call_is_read_as_its_action_and_resources(
    service: str, operation: str, parameters: dict[str, Any], action: str, resources: list[str]
) -> None:
    call = call_of(service, operation, **parameters)
    assert action_of(call) == action
    assert list(resources_of(call, account=ACCOUNT)) == resources


def test_handing_a_role_to_a_service_asks_for_pass_role() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/executor"
    call = call_of("stepfunctions", "create_state_machine", name="m", definition="{}", roleArn=role)
    (question,) = implied_questions(call, account=ACCOUNT)
    assert (question.action, question.resource) == ("iam:PassRole", role)
    assert question.context == {"iam:passedtoservice": ("states.amazonaws.com",)}


def test_tags_of_a_new_resource_need_create_tags() -> None:
    tags = [{"Key": "environment", "Value": "dev"}]
    call = call_of(
        "ec2",
        "create_vpc",
        CidrBlock="10.0.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}],
    )
    (question,) = implied_questions(call, account=ACCOUNT)
    assert (question.action, question.resource) == ("ec2:CreateTags", regional("ec2", "vpc/*"))
    assert question.context == {"ec2:createaction": ("CreateVpc",)}


def test_copying_asks_for_the_source() -> None:
    call = call_of("s3", "copy_object", Bucket="b", Key="k", CopySource={"Bucket": "from", "Key": "x"})
    assert ("s3:GetObject", "arn:aws:s3:::from/x") in [
        (question.action, question.resource) for question in implied_questions(call, account=ACCOUNT)
    ]
