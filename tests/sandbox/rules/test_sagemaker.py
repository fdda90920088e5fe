"""What SageMaker refuses."""

import uuid
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.sandbox.rules.refusals import refused_by
from tests.sandbox.rules.test_states import create_role


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
