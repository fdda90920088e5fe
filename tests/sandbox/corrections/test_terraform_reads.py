"""Requests of Terraform that moto answers wrongly or not at all."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox

ACCOUNT = "131313131313"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture(scope="module")
def queue(sandbox: LocalSandbox) -> dict[str, Any]:
    """A compute environment without a role of its own, and a queue with a time limit in front of it."""
    ec2, iam, batch = (sandbox.client(service, "--account", ACCOUNT) for service in ("ec2", "iam", "batch"))
    subnet = ec2.describe_subnets()["Subnets"][0]
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])[
        "SecurityGroups"
    ]
    iam.create_role(RoleName="instance", AssumeRolePolicyDocument=TRUST)
    profile = iam.create_instance_profile(InstanceProfileName="instance")["InstanceProfile"]["Arn"]
    environment = batch.create_compute_environment(
        computeEnvironmentName="cpu",
        type="MANAGED",
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 4,
            "instanceTypes": ["m6i"],
            "instanceRole": profile,
            "subnets": [subnet["SubnetId"]],
            "securityGroupIds": [group["GroupId"]],
        },
    )["computeEnvironmentArn"]
    limit = {"action": "CANCEL", "maxTimeSeconds": 600, "reason": "CAPACITY:X", "state": "RUNNABLE"}
    made = batch.create_job_queue(
        jobQueueName="cpu",
        priority=1,
        state="ENABLED",
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
        jobStateTimeLimitActions=[limit],
    )
    return {"environment": environment, "queue": made["jobQueueArn"], "limit": limit}


def test_compute_environments_keep_their_update_policy(sandbox: LocalSandbox, queue: dict[str, Any]) -> None:
    batch = sandbox.client("batch", "--account", ACCOUNT)
    policy = {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 360}
    batch.update_compute_environment(computeEnvironment=queue["environment"], updatePolicy=policy)
    (described,) = batch.describe_compute_environments(computeEnvironments=[queue["environment"]])[
        "computeEnvironments"
    ]
    assert described["updatePolicy"] == policy


def test_batch_works_in_its_service_linked_role_unless_it_is_given_one(
    sandbox: LocalSandbox, queue: dict[str, Any]
) -> None:
    batch = sandbox.client("batch", "--account", ACCOUNT)
    described = batch.describe_compute_environments(computeEnvironments=[queue["environment"]])
    role = described["computeEnvironments"][0]["serviceRole"]
    assert role == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"


def test_a_compute_environment_can_be_changed(sandbox: LocalSandbox, queue: dict[str, Any]) -> None:
    batch = sandbox.client("batch", "--account", ACCOUNT)
    batch.update_compute_environment(
        computeEnvironment=queue["environment"], computeResources={"maxvCpus": 16}
    )
    described = batch.describe_compute_environments(computeEnvironments=[queue["environment"]])
    assert described["computeEnvironments"][0]["computeResources"]["maxvCpus"] == 16


def test_a_queue_keeps_its_time_limits(sandbox: LocalSandbox, queue: dict[str, Any]) -> None:
    batch = sandbox.client("batch", "--account", ACCOUNT)
    described = batch.describe_job_queues(jobQueues=[queue["queue"]])["jobQueues"][0]
    assert described["jobStateTimeLimitActions"] == [queue["limit"]]
    batch.update_job_queue(
        jobQueue=queue["queue"], jobStateTimeLimitActions=[queue["limit"] | {"maxTimeSeconds": 700}]
    )
    described = batch.describe_job_queues(jobQueues=[queue["queue"]])["jobQueues"][0]
    assert described["jobStateTimeLimitActions"][0]["maxTimeSeconds"] == 700


def test_a_budget_has_subscribers_and_tags(sandbox: LocalSandbox) -> None:
    budgets = sandbox.client("budgets", "--account", ACCOUNT)
    notification = {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": 80.0,
        "ThresholdType": "PERCENTAGE",
    }
    subscriber = {"SubscriptionType": "EMAIL", "Address": "ada@example.com"}
    budget = {"BudgetName": "b", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    budgets.create_budget(
        AccountId=ACCOUNT,
        Budget=budget | {"BudgetLimit": {"Amount": "10.0", "Unit": "USD"}},
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "owner", "Value": "ada"}],
    )
    told = budgets.describe_subscribers_for_notification(
        AccountId=ACCOUNT, BudgetName="b", Notification=notification
    )
    assert told["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{ACCOUNT}:budget/b"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [
        {"Key": "owner", "Value": "ada"}
    ]
    budgets.update_budget(
        AccountId=ACCOUNT, NewBudget=budget | {"BudgetLimit": {"Amount": "20.0", "Unit": "USD"}}
    )
    changed = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="b")["Budget"]
    assert changed["BudgetLimit"]["Amount"] == "20.0"


def test_a_notebook_is_described_as_it_was_asked_for_and_can_be_changed(sandbox: LocalSandbox) -> None:
    sagemaker = sandbox.client("sagemaker", "--account", ACCOUNT)
    script = base64.b64encode(b"true").decode()
    arn = sagemaker.create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName="start",
        OnStart=[{"Content": script}],
        Tags=[{"Key": "owner", "Value": "ada"}],
    )["NotebookInstanceLifecycleConfigArn"]
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "owner", "Value": "ada"}]
    sagemaker.create_notebook_instance(
        NotebookInstanceName="ada",
        InstanceType="ml.t3.medium",
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/notebook",
        PlatformIdentifier="notebook-al2023-v1",
        InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": "2"},
    )
    sagemaker.update_notebook_instance(NotebookInstanceName="ada", VolumeSizeInGB=50)
    described = sagemaker.describe_notebook_instance(NotebookInstanceName="ada")
    assert described["PlatformIdentifier"] == "notebook-al2023-v1"
    assert described["InstanceMetadataServiceConfiguration"] == {"MinimumInstanceMetadataServiceVersion": "2"}
    assert described["VolumeSizeInGB"] == 50


def test_the_scripts_of_a_lifecycle_configuration_can_be_changed(sandbox: LocalSandbox) -> None:
    sagemaker = sandbox.client("sagemaker", "--account", ACCOUNT)
    first, second = ([{"Content": base64.b64encode(text).decode()}] for text in (b"true", b"false"))
    name = {"NotebookInstanceLifecycleConfigName": "changed"}
    sagemaker.create_notebook_instance_lifecycle_config(**name, OnStart=first)
    sagemaker.update_notebook_instance_lifecycle_config(**name, OnStart=second)
    assert sagemaker.describe_notebook_instance_lifecycle_config(**name)["OnStart"] == second
    absent = {"NotebookInstanceLifecycleConfigName": "absent"}
    with pytest.raises(ClientError, match="does not exist"):
        sagemaker.update_notebook_instance_lifecycle_config(**absent, OnStart=second)


def test_tags_of_a_launch_template_differ_from_those_of_its_instances(sandbox: LocalSandbox) -> None:
    ec2 = sandbox.client("ec2", "--account", ACCOUNT)
    tags = [{"Key": "owner", "Value": "ada"}]
    made = ec2.create_launch_template(
        LaunchTemplateName="pool",
        LaunchTemplateData={"InstanceType": "m6i.large"},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )["LaunchTemplate"]
    assert made["Tags"] == tags
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName="pool")["LaunchTemplateVersions"]
    assert "TagSpecifications" not in version["LaunchTemplateData"]


def test_a_bucket_is_emptied_of_its_delete_markers_too(sandbox: LocalSandbox) -> None:
    """Terraform suspends the versioning of a bucket before it empties it."""
    s3 = sandbox.client("s3", "--account", ACCOUNT)
    s3.create_bucket(Bucket="markers", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket="markers", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="markers", Key="k", Body=b"x")
    s3.delete_object(Bucket="markers", Key="k")
    s3.delete_object(Bucket="markers", Key="k")
    versions = s3.list_object_versions(Bucket="markers")
    assert len(versions["DeleteMarkers"]) == 2
    s3.put_bucket_versioning(Bucket="markers", VersioningConfiguration={"Status": "Suspended"})
    for found in (versions["DeleteMarkers"], versions["Versions"]):
        objects = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        assert "Errors" not in s3.delete_objects(Bucket="markers", Delete={"Objects": objects})
    s3.delete_bucket(Bucket="markers")


def test_the_object_lock_of_a_bucket_with_objects_can_be_changed(sandbox: LocalSandbox) -> None:
    s3 = sandbox.client("s3", "--account", ACCOUNT)
    s3.create_bucket(
        Bucket="locked",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        ObjectLockEnabledForBucket=True,
    )
    s3.put_object(Bucket="locked", Key="k", Body=b"kept")
    s3.put_object_lock_configuration(
        Bucket="locked", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    assert s3.get_object(Bucket="locked", Key="k")["Body"].read() == b"kept"


@pytest.mark.parametrize(
    ("definition", "result"),
    [
        ('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}', "OK"),
        ('{"StartAt": "A", "States": {"A": {"Type": "Dance"}}}', "FAIL"),
        ("no JSON", "FAIL"),
    ],
)
def test_a_state_machines_definition_is_checked_before_it_is_deployed(
    sandbox: LocalSandbox, definition: str, result: str
) -> None:
    states = sandbox.client("stepfunctions", "--account", ACCOUNT)
    checked = states.validate_state_machine_definition(definition=definition)
    assert checked["result"] == result
    assert bool(checked["diagnostics"]) is (result == "FAIL")
