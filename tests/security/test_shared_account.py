"""Environments in one account whose names begin with each other: no role of one reaches a resource of the other.

The roles have their real policies. A resource need not exist: IAM decides before.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from environments import load_environments
from modules.names import Limit, Names
from policies.stack import read_stack
from stacks.app import synthesize
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_service
from tests.support.stack_identities import StackIdentities

_FILE = """
account = "111111111111"
region = "eu-central-1"
tier = "disposable"
owner = "ml-platform"
cost_center = "research"
name_prefix = "acme-ml"
{more}

[network]
cidr = "10.10.0.0/16"

[workbench]
users = ["ada"]
"""
_FILES = {"prod": _FILE.format(more=""), "prod-eu": _FILE.format(more='resource_name = "prodeu"')}
_OTHER = {"prod": "prod-eu", "prod-eu": "prod"}
_ROLES = {"ci-deploy": "access/delivery/deploy", "job": "access/job", "scientist": "access/scientist"}


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, StackIdentities]]:
    """The roles and keys of both, in one sandbox with IAM enforced."""
    folder, outdir = tmp_path_factory.mktemp("environments"), tmp_path_factory.mktemp("out")
    for name, text in _FILES.items():
        (folder / f"{name}.toml").write_text(text)
    configs = load_environments(folder)
    synthesize(configs, outdir=outdir)
    sandbox = LocalSandbox(
        home=tmp_path_factory.mktemp("home"), checkout=Path(__file__).parents[2], environments=folder
    )
    sandbox.command("up", "--port", "0")
    try:
        yield {
            config.name: StackIdentities.create(
                read_stack(outdir / "stacks" / config.name / "cdk.tf.json", tier=config.tier),
                sandbox,
                *_ROLES.values(),
            )
            for config in configs
        }
    finally:
        sandbox.command("down")


def _calls(names: Names, *, key_arn: str, subnet: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield a reading or changing call on the environment for each service: action, service, method, arguments."""
    physical = names.physical
    table = physical("features", limit=Limit.DYNAMODB_TABLE)
    queue_arn = names.arn("batch", f"job-queue/{physical('cpu', limit=Limit.BATCH)}")
    yield "s3:GetObject", "s3", "get_object", {"Bucket": names.bucket("artifacts"), "Key": "artifacts/x"}
    yield "s3:PutObject", "s3", "put_object", {"Bucket": names.bucket("artifacts"), "Key": "artifacts/x"}
    yield "s3:GetObject", "s3", "get_object", {"Bucket": names.state_bucket, "Key": "terraform.tfstate"}
    yield "s3:DeleteBucket", "s3", "delete_bucket", {"Bucket": names.bucket("models")}
    yield "kms:DescribeKey", "kms", "describe_key", {"KeyId": key_arn}
    yield (
        "kms:GenerateDataKey",
        "kms",
        "generate_data_key",
        {
            "KeyId": key_arn,
            "KeySpec": "AES_256",
        },
    )
    yield "ssm:GetParameter", "ssm", "get_parameter", {"Name": names.parameter("manifest")}
    yield (
        "ssm:PutParameter",
        "ssm",
        "put_parameter",
        {
            "Name": names.parameter("other"),
            "Value": "x",
            "Type": "String",
        },
    )
    yield (
        "logs:GetLogEvents",
        "logs",
        "get_log_events",
        {
            "logGroupName": names.log_group("jobs"),
            "logStreamName": "x",
        },
    )
    yield "logs:DeleteLogGroup", "logs", "delete_log_group", {"logGroupName": names.log_group("jobs")}
    yield "iam:GetRole", "iam", "get_role", {"RoleName": physical("job", limit=Limit.IAM_ROLE)}
    yield "iam:DeleteRole", "iam", "delete_role", {"RoleName": physical("job", limit=Limit.IAM_ROLE)}
    yield (
        "sts:AssumeRole",
        "sts",
        "assume_role",
        {
            "RoleArn": names.arn("iam", f"role/{physical('job', limit=Limit.IAM_ROLE)}", regional=False),
            "RoleSessionName": "other",
        },
    )
    yield (
        "batch:DeleteJobQueue",
        "batch",
        "delete_job_queue",
        {"jobQueue": queue_arn},
    )
    yield (
        "batch:SubmitJob",
        "batch",
        "submit_job",
        {
            "jobName": "x",
            "jobQueue": queue_arn,
            "jobDefinition": names.arn("batch", f"job-definition/{physical('job', limit=Limit.BATCH)}:1"),
            "shareIdentifier": "x",
            "tags": {"environment": names.environment},
        },
    )
    yield (
        "dynamodb:GetItem",
        "dynamodb",
        "get_item",
        {
            "TableName": table,
            "Key": {"entity": {"S": "1"}, "feature_view": {"S": "v"}},
        },
    )
    yield "dynamodb:DeleteTable", "dynamodb", "delete_table", {"TableName": table}
    yield "glue:GetDatabase", "glue", "get_database", {"Name": names.sql_pattern.replace("*", "features")}
    yield (
        "glue:CreateTable",
        "glue",
        "create_table",
        {
            "DatabaseName": names.sql_pattern.replace("*", "features"),
            "TableInput": {"Name": "x"},
        },
    )
    yield (
        "athena:GetWorkGroup",
        "athena",
        "get_work_group",
        {"WorkGroup": physical("features", limit=Limit.ATHENA_WORKGROUP)},
    )
    yield (
        "ecr:BatchGetImage",
        "ecr",
        "batch_get_image",
        {
            "repositoryName": physical("training", limit=Limit.ECR_REPOSITORY),
            "imageIds": [{"imageTag": "x"}],
        },
    )
    yield (
        "ecr:DeleteRepository",
        "ecr",
        "delete_repository",
        {"repositoryName": physical("training", limit=Limit.ECR_REPOSITORY)},
    )
    yield (
        "states:StartExecution",
        "stepfunctions",
        "start_execution",
        {
            "stateMachineArn": names.arn(
                "states", f"stateMachine:{physical('verification', limit=Limit.STATE_MACHINE)}"
            )
        },
    )
    yield (
        "states:DeleteStateMachine",
        "stepfunctions",
        "delete_state_machine",
        {
            "stateMachineArn": names.arn(
                "states", f"stateMachine:{physical('verification', limit=Limit.STATE_MACHINE)}"
            )
        },
    )
    topic = names.arn("sns", physical("alarms", limit=Limit.SNS_TOPIC))
    yield "sns:Publish", "sns", "publish", {"TopicArn": topic, "Message": "x"}
    yield "sns:DeleteTopic", "sns", "delete_topic", {"TopicArn": topic}
    queue = physical("pipelines-dead-letters", limit=Limit.SQS_QUEUE)
    yield "sqs:GetQueueUrl", "sqs", "get_queue_url", {"QueueName": queue}
    yield (
        "rds:DeleteDBCluster",
        "rds",
        "delete_db_cluster",
        {
            "DBClusterIdentifier": physical("metadata", limit=Limit.RDS_IDENTIFIER),
            "SkipFinalSnapshot": True,
        },
    )
    yield "ec2:DeleteSubnet", "ec2", "delete_subnet", {"SubnetId": subnet}
    yield (
        "sagemaker:CreatePresignedNotebookInstanceUrl",
        "sagemaker",
        ("create_presigned_notebook_instance_url"),
        {"NotebookInstanceName": physical("ada", limit=Limit.SAGEMAKER)},
    )
    yield (
        "scheduler:DeleteScheduleGroup",
        "scheduler",
        "delete_schedule_group",
        {"Name": physical("pipelines", limit=Limit.SCHEDULE)},
    )


@pytest.mark.parametrize("role", _ROLES)
@pytest.mark.parametrize("name", _FILES)
def test_no_role_reaches_into_the_other_environment(
    identities: Mapping[str, StackIdentities], name: str, role: str
) -> None:
    own, other = identities[name], identities[_OTHER[name]]
    config = next(one for one in load_environments(own.sandbox.environments) if one.name == other.stack.name)
    ec2 = other.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.10.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.10.0.0/24")["Subnet"]["SubnetId"]
    ec2.create_tags(Resources=[subnet], Tags=[{"Key": "environment", "Value": other.stack.name}])
    session = _session(own, role)
    own.sandbox.command("enforce-iam")
    answers = {
        action: _answer(session, service, method, arguments)
        for action, service, method, arguments in _calls(
            Names.of(config), key_arn=other.key_arn, subnet=subnet
        )
    }
    own_manifest = _answer(session, "ssm", "get_parameter", {"Name": f"/terrarium/{name}/manifest"})
    own.sandbox.command("enforce-iam", "--off")
    assert "not authorized" not in own_manifest
    assert len(answers) > 25
    assert {
        action: answer
        for action, answer in answers.items()
        if f"is not authorized to perform: {action} on resource" not in answer
    } == {}


def _session(own: StackIdentities, role: str) -> Session:
    """Return a session of the role, without a check of its trust policy."""
    arn = own.role_arn(_ROLES[role])
    trusting = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    document = {"Version": "2012-10-17", "Statement": [{**trusting, "Action": "sts:AssumeRole"}]}
    own.client("iam").update_assume_role_policy(
        RoleName=arn.rpartition("/")[2], PolicyDocument=json.dumps(document)
    )
    return as_service(own.sandbox, own.stack.name, arn, "ecs-tasks.amazonaws.com")


def _answer(session: Session, service: str, method: str, arguments: Mapping[str, Any]) -> str:
    """Return the message of AWS' error; `done` if there is none."""
    try:
        getattr(session.client(service), method)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Message"]
    return "done"
