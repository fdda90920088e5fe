"""Permissions that do not follow from the name of a call: resources, several actions, roles, tags."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_service, refused

ACCOUNT, REGION = "111111111111", "eu-central-1"
TASKS = "ecs-tasks.amazonaws.com"

Role: TypeAlias = Callable[..., Any]


@pytest.fixture
def role(enforcing: LocalSandbox) -> Role:
    """Makes a client of a new role that may do exactly what the statements allow, as (action, resource)."""

    def client(service: str, *allowed: tuple[str, str]) -> Any:
        iam = enforcing.client("iam", "dev")
        name = f"role-{uuid.uuid4().hex}"
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(TASKS))["Role"]["Arn"]
        statements = [
            {"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed
        ]
        policy = {"Version": "2012-10-17", "Statement": statements}
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
        return as_service(enforcing, "dev", arn, TASKS).client(service)

    return client


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


@contextmanager
def decided_by_the_service(code: str) -> Iterator[None]:
    """IAM allows it, and the service then answers its own error: what is named does not exist."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code, caught.value


@pytest.fixture
def bucket(enforcing: LocalSandbox) -> str:
    name = f"iam-{uuid.uuid4().hex}"
    enforcing.client("s3", "dev").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return name


def test_an_execution_with_a_name_needs_the_permission_for_its_state_machine(role: Role) -> None:
    machine = arn("states", "stateMachine:mine")
    states = role("stepfunctions", ("states:StartExecution", machine))
    with decided_by_the_service("StateMachineDoesNotExist"):
        states.start_execution(stateMachineArn=machine, name="20260101-abc", input="{}")
    with refused("states:StartExecution"):
        states.start_execution(stateMachineArn=machine.replace("mine", "other"), name="mine", input="{}")


def test_a_named_query_needs_the_permission_for_its_workgroup(role: Role) -> None:
    athena = role(
        "athena",
        ("athena:CreateNamedQuery", arn("athena", "workgroup/primary")),
        ("athena:GetNamedQuery", arn("athena", "workgroup/primary")),
    )
    query = {"Name": "monthly", "Database": "default", "QueryString": "SELECT 1"}
    made = athena.create_named_query(**query)["NamedQueryId"]
    assert athena.get_named_query(NamedQueryId=made)["NamedQuery"]["Name"] == "monthly"
    with refused("athena:CreateNamedQuery"):
        athena.create_named_query(**query, WorkGroup="other")


def test_a_transaction_needs_the_permissions_of_its_items(role: Role, enforcing: LocalSandbox) -> None:
    table = f"t-{uuid.uuid4().hex}"
    enforcing.client("dynamodb", "dev").create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    resource = arn("dynamodb", f"table/{table}")
    client = role("dynamodb", ("dynamodb:PutItem", resource), ("dynamodb:GetItem", resource))
    key = {"id": {"S": "1"}}
    put = {"Put": {"TableName": table, "Item": key}}
    client.transact_write_items(TransactItems=[put])
    found = client.transact_get_items(TransactItems=[{"Get": {"TableName": table, "Key": key}}])
    assert found["Responses"][0]["Item"] == key
    with refused("dynamodb:DeleteItem"):
        client.transact_write_items(TransactItems=[put, {"Delete": {"TableName": table, "Key": key}}])
    check = {"TableName": table, "Key": key, "ConditionExpression": "attribute_exists(id)"}
    with refused("dynamodb:ConditionCheckItem"):
        client.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    with refused("dynamodb:PartiQLSelect"):
        client.execute_statement(Statement=f'SELECT * FROM "{table}"')


@pytest.mark.parametrize(
    ("parameter", "action"),
    [
        ({"Tagging": "a=b"}, "s3:PutObjectTagging"),
        ({"ACL": "bucket-owner-full-control"}, "s3:PutObjectAcl"),
        ({"GrantRead": "id=1"}, "s3:PutObjectAcl"),
        ({"ObjectLockLegalHoldStatus": "ON"}, "s3:PutObjectLegalHold"),
    ],
)
def test_an_object_with_tags_acl_or_lock_needs_further_permissions(
    role: Role, bucket: str, parameter: dict[str, str], action: str
) -> None:
    s3 = role("s3", ("s3:PutObject", f"arn:aws:s3:::{bucket}/*"))
    s3.put_object(Bucket=bucket, Key="plain", Body=b"")
    with refused(action):
        s3.put_object(Bucket=bucket, Key="more", Body=b"", **parameter)
    with refused(action):
        s3.create_multipart_upload(Bucket=bucket, Key="more", **parameter)


def test_a_bucket_that_does_not_exist_is_not_found_and_one_of_others_is_denied(
    role: Role, bucket: str
) -> None:
    s3 = role("s3", ("s3:PutObject", "*"))
    with decided_by_the_service("404"):
        s3.head_bucket(Bucket=f"absent-{uuid.uuid4().hex}")
    with decided_by_the_service("403"):
        s3.head_bucket(Bucket=bucket)


def test_each_key_of_a_deletion_is_decided_by_itself(
    role: Role, bucket: str, enforcing: LocalSandbox
) -> None:
    owner = enforcing.client("s3", "dev")
    for key in ("mine/a", "theirs/a"):
        owner.put_object(Bucket=bucket, Key=key, Body=b"")
    s3 = role("s3", ("s3:DeleteObject", f"arn:aws:s3:::{bucket}/mine/*"))
    keys = [{"Key": "mine/a"}, {"Key": "theirs/a"}, {"Key": "mine/a", "VersionId": "1"}]
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
    assert [one["Key"] for one in answer["Deleted"]] == ["mine/a"]
    assert [(one["Key"], one.get("VersionId"), one["Code"]) for one in answer["Errors"]] == [
        ("theirs/a", None, "AccessDenied"),
        ("mine/a", "1", "AccessDenied"),
    ]
    left = owner.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"] for one in left] == ["theirs/a"]
    quiet = s3.delete_objects(Bucket=bucket, Delete={"Objects": keys[:2], "Quiet": True})
    assert "Deleted" not in quiet
    assert [one["Key"] for one in quiet["Errors"]] == ["theirs/a"]


def test_a_job_with_tags_needs_the_permission_to_tag(role: Role) -> None:
    batch = role("batch", ("batch:SubmitJob", "*"))
    job = {"jobName": "j", "jobQueue": "absent", "jobDefinition": "absent"}
    with decided_by_the_service("ClientException"):
        batch.submit_job(**job)
    with refused("batch:TagResource"):
        batch.submit_job(**job, tags={"run": "1"})


def test_roles_of_every_kind_of_job_definition_are_passed(role: Role) -> None:
    batch = role("batch", ("batch:RegisterJobDefinition", "*"))
    container = {
        "image": "busybox",
        "jobRoleArn": f"arn:aws:iam::{ACCOUNT}:role/strong",
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}],
    }
    with refused("iam:PassRole"):
        batch.register_job_definition(
            jobDefinitionName="one", type="container", containerProperties=container
        )
    nodes = [{"targetNodes": "0:", "container": container}]
    with refused("iam:PassRole"):
        batch.register_job_definition(
            jobDefinitionName="many",
            type="multinode",
            nodeProperties={"numNodes": 2, "mainNode": 0, "nodeRangeProperties": nodes},
        )


def test_a_task_passes_the_roles_of_its_definition_and_those_that_override_them(
    role: Role, enforcing: LocalSandbox
) -> None:
    ecs, iam = enforcing.client("ecs", "dev"), enforcing.client("iam", "dev")
    name = f"task-{uuid.uuid4().hex}"
    strong = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(TASKS))["Role"]["Arn"]
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family=name,
        taskRoleArn=strong,
        containerDefinitions=[{"name": "c", "image": "busybox", "memory": 128}],
    )
    weak = role("ecs", ("ecs:RunTask", "*"))
    with refused("iam:PassRole"):
        weak.run_task(cluster=name, taskDefinition=name)
    allowed = role("ecs", ("ecs:RunTask", "*"), ("iam:PassRole", strong))
    with refused("ecs:TagResource"):
        allowed.run_task(cluster=name, taskDefinition=name, tags=[{"key": "a", "value": "b"}])
    with refused("iam:PassRole"):
        allowed.run_task(
            cluster=name,
            taskDefinition=name,
            overrides={"taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/stronger"},
        )


def test_deleting_a_notebook_deletes_an_interface_in_its_vpc(enforcing: LocalSandbox) -> None:
    iam, ec2, sagemaker = (enforcing.client(service, "dev") for service in ("iam", "ec2", "sagemaker"))
    name, other = f"notebook-{uuid.uuid4().hex}", "vpc-0123456789abcdef0"
    vpc = ec2.create_vpc(CidrBlock="10.205.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.205.0.0/24")["Subnet"]["SubnetId"]
    own = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("sagemaker.amazonaws.com"))
    sagemaker.create_notebook_instance(
        NotebookInstanceName=name,
        InstanceType="ml.t3.medium",
        RoleArn=own["Role"]["Arn"],
        SubnetId=subnet,
    )
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)

    def deleting_in(network: str) -> Any:
        caller = f"role-{uuid.uuid4().hex}"
        caller_arn = iam.create_role(RoleName=caller, AssumeRolePolicyDocument=trust(TASKS))["Role"]["Arn"]
        in_network = {"ArnEquals": {"ec2:Vpc": arn("ec2", f"vpc/{network}")}}
        statements = [
            {"Effect": "Allow", "Action": "sagemaker:DeleteNotebookInstance", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "ec2:DeleteNetworkInterface",
                "Resource": arn("ec2", "network-interface/*"),
                "Condition": in_network,
            },
        ]
        policy = {"Version": "2012-10-17", "Statement": statements}
        iam.put_role_policy(RoleName=caller, PolicyName="all", PolicyDocument=json.dumps(policy))
        return as_service(enforcing, "dev", caller_arn, TASKS).client("sagemaker")

    with refused("ec2:DeleteNetworkInterface"):
        deleting_in(other).delete_notebook_instance(NotebookInstanceName=name)
    deleting_in(vpc).delete_notebook_instance(NotebookInstanceName=name)


def test_starting_a_notebook_passes_its_role_again(role: Role, enforcing: LocalSandbox) -> None:
    iam, sagemaker = enforcing.client("iam", "dev"), enforcing.client("sagemaker", "dev")
    name = f"n-{uuid.uuid4().hex}"
    own = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("sagemaker.amazonaws.com"))["Role"][
        "Arn"
    ]
    sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=own)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    start = ("sagemaker:StartNotebookInstance", arn("sagemaker", f"notebook-instance/{name}"))
    with refused("iam:PassRole"):
        role("sagemaker", start).start_notebook_instance(NotebookInstanceName=name)
    role("sagemaker", start, ("iam:PassRole", own)).start_notebook_instance(NotebookInstanceName=name)


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        (
            "arn:aws:states:::batch:submitJob.sync",
            {"JobName": "j", "JobQueue": "q", "JobDefinition": "d"},
        ),
        ("arn:aws:states:::aws-sdk:s3:listBuckets", {}),
        (
            "arn:aws:states:::dynamodb:getItem",
            {"TableName": "t", "Key": {"id": {"S": "1"}}},
        ),
    ],
)
def test_a_state_machine_can_catch_a_denial_of_iam(
    enforcing: LocalSandbox, resource: str, parameters: dict[str, Any]
) -> None:
    iam, states = enforcing.client("iam", "dev"), enforcing.client("stepfunctions", "dev")
    name = f"m-{uuid.uuid4().hex}"
    executor = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("states.amazonaws.com"))
    work = {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Caught"}],
        "End": True,
    }
    machine = states.create_state_machine(
        name=name,
        roleArn=executor["Role"]["Arn"],
        definition=json.dumps(
            {"StartAt": "Work", "States": {"Work": work, "Caught": {"Type": "Pass", "End": True}}}
        ),
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    deadline = time.monotonic() + 60
    while (found := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
        assert time.monotonic() < deadline, "it did not end within 60 s"
        time.sleep(0.1)
    assert found["status"] == "SUCCEEDED", found
    assert "is not authorized to perform" in json.loads(found["output"])["Cause"]


@pytest.mark.parametrize("path", ["/acme/", "/"])
def test_identities_are_named_with_their_path(role: Role, path: str) -> None:
    """Those that exist, and those that the request creates."""
    kinds = ("role", "policy", "instance-profile")
    iam = role("iam", *(("iam:*", f"arn:aws:iam::{ACCOUNT}:{kind}/acme/*") for kind in kinds))
    name = f"pathed-{uuid.uuid4().hex}"
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    )
    given = {"Path": path}
    calls: tuple[tuple[str, Callable[[], Any]], ...] = (
        (
            "iam:CreateRole",
            lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(TASKS), **given),
        ),
        ("iam:CreatePolicy", lambda: iam.create_policy(PolicyName=name, PolicyDocument=document, **given)),
        (
            "iam:CreateInstanceProfile",
            lambda: iam.create_instance_profile(InstanceProfileName=name, **given),
        ),
    )
    for action, call in calls:
        if path == "/":
            with refused(action):
                call()
        else:
            call()
    if path != "/":
        iam.get_instance_profile(InstanceProfileName=name)
        iam.get_role(RoleName=name)
