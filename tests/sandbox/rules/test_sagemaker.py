"""Rules of SageMaker."""

import uuid
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.sandbox.rules.test_states import create_role
from tests.support.refused_by import refused_by


@pytest.fixture
def sagemaker(client: Client) -> Any:
    return client("sagemaker")


def create(sagemaker: Any, role: str, **given: Any) -> None:
    name = f"n-{uuid.uuid4().hex}"
    sagemaker.create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role, **given
    )


def test_the_role_of_a_notebook_trusts_sagemaker(sagemaker: Any, client: Client) -> None:
    with refused_by("notebook-role", message="allows principal 'sagemaker.amazonaws.com'"):
        create(sagemaker, create_role(client, "ecs-tasks.amazonaws.com"))
    create(sagemaker, create_role(client, "sagemaker.amazonaws.com"))


def test_a_notebook_without_internet_is_in_a_subnet(sagemaker: Any, client: Client) -> None:
    role = create_role(client, "sagemaker.amazonaws.com")
    with refused_by("notebook-internet"):
        create(sagemaker, role, DirectInternetAccess="Disabled")
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    create(sagemaker, role, DirectInternetAccess="Disabled", SubnetId=subnet)


def test_security_groups_of_a_notebook_are_in_the_vpc_of_its_subnet(sagemaker: Any, client: Client) -> None:
    ec2, role = client("ec2"), create_role(client, "sagemaker.amazonaws.com")
    vpc = ec2.create_vpc(CidrBlock="10.203.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.203.0.0/24")["Subnet"]["SubnetId"]
    elsewhere = ec2.create_vpc(CidrBlock="10.204.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="elsewhere", Description="elsewhere", VpcId=elsewhere)
    with refused_by("notebook-security-groups-in-its-vpc", message=vpc):
        create(sagemaker, role, SubnetId=subnet, SecurityGroupIds=[group["GroupId"]])


def test_a_notebook_has_a_platform_that_sagemaker_still_starts(sagemaker: Any, client: Client) -> None:
    role = create_role(client, "sagemaker.amazonaws.com")
    with refused_by("notebook-platform", message="notebook-al2-v3"):
        create(sagemaker, role, PlatformIdentifier="notebook-al2-v3")
    create(sagemaker, role, PlatformIdentifier="notebook-al2023-v1")


def test_a_notebook_that_names_no_platform_has_a_current_one(sagemaker: Any, client: Client) -> None:
    role = create_role(client, "sagemaker.amazonaws.com")
    sagemaker.create_notebook_instance(
        NotebookInstanceName="no-platform", InstanceType="ml.t3.medium", RoleArn=role
    )
    described = sagemaker.describe_notebook_instance(NotebookInstanceName="no-platform")
    assert described["PlatformIdentifier"] == "notebook-al2023-v1"


def test_a_notebook_on_amazon_linux_2_is_not_started_again(sagemaker: Any, client: Client) -> None:
    name, role = "from-before-july", create_role(client, "sagemaker.amazonaws.com")
    sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    sagemaker.update_notebook_instance(NotebookInstanceName=name, PlatformIdentifier="notebook-al2-v3")
    with refused_by("notebook-platform"):
        sagemaker.start_notebook_instance(NotebookInstanceName=name)
    sagemaker.update_notebook_instance(NotebookInstanceName=name, PlatformIdentifier="notebook-al2023-v1")
    sagemaker.start_notebook_instance(NotebookInstanceName=name)


def test_the_disk_of_a_notebook_grows_and_does_not_shrink(sagemaker: Any, client: Client) -> None:
    name, role = "disk", create_role(client, "sagemaker.amazonaws.com")
    sagemaker.create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role, VolumeSizeInGB=20
    )
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    sagemaker.update_notebook_instance(NotebookInstanceName=name, VolumeSizeInGB=30)
    with refused_by("notebook-disk-shrinks"):
        sagemaker.update_notebook_instance(NotebookInstanceName=name, VolumeSizeInGB=20)
    assert sagemaker.describe_notebook_instance(NotebookInstanceName=name)["VolumeSizeInGB"] == 30
