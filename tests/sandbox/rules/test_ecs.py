"""Rules of ECS."""

import uuid
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by


@pytest.fixture
def ecs(client: Client) -> Any:
    return client("ecs")


def register(ecs: Any, **given: Any) -> str:
    family = f"f-{uuid.uuid4().hex}"
    definition = {
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "c", "image": "busybox"}],
    } | given
    ecs.register_task_definition(family=family, **definition)
    return family


def test_fargate_has_one_network_mode(ecs: Any) -> None:
    with refused_by("fargate-network-mode"):
        register(ecs, networkMode="bridge")
    register(ecs)


@pytest.mark.parametrize(
    ("cpu", "memory"), [("256", "4096"), ("512", "512"), ("300", "512"), ("8192", "17408")]
)
def test_fargate_has_certain_sizes(ecs: Any, cpu: str, memory: str) -> None:
    with refused_by("fargate-size"):
        register(ecs, cpu=cpu, memory=memory)
    register(ecs, cpu="1 vCPU", memory="2 GB")
    register(ecs, cpu="8192", memory="16384")


def test_a_task_of_awsvpc_is_started_in_a_network(ecs: Any, client: Client) -> None:
    cluster, family = f"c-{uuid.uuid4().hex}", register(ecs)
    ecs.create_cluster(clusterName=cluster)
    with refused_by("task-network-configuration"):
        ecs.run_task(cluster=cluster, taskDefinition=family, launchType="FARGATE")
    ec2 = client("ec2")
    network = {
        "subnets": [ec2.describe_subnets()["Subnets"][0]["SubnetId"]],
        "securityGroups": [ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]],
    }
    (task,) = ecs.run_task(
        cluster=cluster,
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )["tasks"]
    (found,) = ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"]
    assert found["lastStatus"] == "STOPPED"
    assert "the sandbox runs no tasks" in found["stoppedReason"]


def test_the_network_of_a_task_is_in_one_vpc(ecs: Any, client: Client) -> None:
    ec2, family = client("ec2"), register(ecs)
    vpc = ec2.create_vpc(CidrBlock="10.202.0.0/16")["Vpc"]["VpcId"]
    other = ec2.create_subnet(VpcId=vpc, CidrBlock="10.202.0.0/24")["Subnet"]["SubnetId"]
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    for network in (
        {"subnets": [subnet["SubnetId"], other]},
        {"subnets": [subnet["SubnetId"]], "securityGroups": [groups[0]["GroupId"]]},
    ):
        with refused_by("task-network-one-vpc", message="must be from the same VPC"):
            ecs.run_task(taskDefinition=family, networkConfiguration={"awsvpcConfiguration": network})


def test_overrides_of_a_task_have_a_length(ecs: Any) -> None:
    variables = [{"name": "X", "value": "x" * 8192}]
    with refused_by("task-overrides-length"):
        ecs.run_task(
            taskDefinition="absent",
            overrides={"containerOverrides": [{"name": "c", "environment": variables}]},
        )


def test_a_cluster_without_instances_runs_no_task_of_ec2(ecs: Any) -> None:
    cluster = f"c-{uuid.uuid4().hex}"
    ecs.create_cluster(clusterName=cluster)
    family = register(ecs, requiresCompatibilities=["EC2"], networkMode="bridge")
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="No Container Instances were found"):
        ecs.run_task(cluster=cluster, taskDefinition=family)
