"""Rules of Batch."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by

RESOURCES = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]


def unique(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex}"


@pytest.fixture
def batch(client: Client) -> Any:
    return client("batch")


@pytest.fixture
def resources(client: Client) -> dict[str, Any]:
    """`computeResources` of a pool that Batch takes."""
    ec2, iam, name = client("ec2"), client("iam"), unique("batch")
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    profile = iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName=name, Description="jobs")["GroupId"]
    return {
        "type": "EC2",
        "minvCpus": 0,
        "maxvCpus": 4,
        "instanceTypes": ["m5.large"],
        "instanceRole": profile,
        "subnets": [subnet],
        "securityGroupIds": [group],
    }


@pytest.fixture
def environment(batch: Any, resources: dict[str, Any]) -> str:
    return create_environment(batch, resources)


@pytest.fixture
def policy(batch: Any) -> str:
    return str(batch.create_scheduling_policy(name=unique("policy"))["arn"])


@pytest.fixture
def definition(batch: Any) -> str:
    return register(batch)


def create_environment(batch: Any, resources: dict[str, Any], **changed: Any) -> str:
    created = batch.create_compute_environment(
        computeEnvironmentName=unique("pool"), type="MANAGED", computeResources={**resources, **changed}
    )
    return str(created["computeEnvironmentArn"])


def create_queue(batch: Any, *environments: str, **given: Any) -> str:
    order = [{"order": place, "computeEnvironment": one} for place, one in enumerate(environments)]
    created = batch.create_job_queue(
        jobQueueName=unique("queue"), priority=1, computeEnvironmentOrder=order, **given
    )
    return str(created["jobQueueArn"])


def register(batch: Any, **given: Any) -> str:
    container = {"image": "busybox", "resourceRequirements": RESOURCES}
    registered = batch.register_job_definition(
        jobDefinitionName=unique("job"), **({"type": "container", "containerProperties": container} | given)
    )
    return str(registered["jobDefinitionArn"])


def submit(batch: Any, queue: str, definition: str, **given: Any) -> None:
    """Submit to a queue that is disabled: the service refuses it last of all, and no job is run."""
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    try:
        batch.submit_job(jobName="job", jobQueue=queue, jobDefinition=definition, **given)
    except batch.exceptions.ClientException as error:
        if "does not exist or is not enabled" not in str(error):
            raise


@pytest.mark.parametrize("image", ["ECS_AL2", "ECS_AL2_NVIDIA"])
def test_a_new_pool_does_not_use_amazon_linux_2(batch: Any, resources: dict[str, Any], image: str) -> None:
    with refused_by("compute-environment-image-retired", message=image):
        create_environment(batch, resources, ec2Configuration=[{"imageType": image}])
    create_environment(batch, resources, ec2Configuration=[{"imageType": f"{image.replace('2', '2023')}"}])
    own = [{"imageType": image, "imageIdOverride": "ami-0123456789abcdef0"}]
    create_environment(batch, resources, ec2Configuration=own)


def test_the_subnets_of_a_pool_are_in_one_vpc(batch: Any, client: Client, resources: dict[str, Any]) -> None:
    ec2 = client("ec2")
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    with refused_by("compute-environment-one-vpc"):
        create_environment(batch, resources, subnets=[*resources["subnets"], subnet])


def test_a_pool_is_disabled_and_detached_before_it_is_deleted(batch: Any, environment: str) -> None:
    queue = create_queue(batch, environment)
    with refused_by("compute-environment-enabled"):
        batch.delete_compute_environment(computeEnvironment=environment)
    batch.update_compute_environment(computeEnvironment=environment, state="DISABLED")
    with refused_by("compute-environment-in-use", message="found existing JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment=environment)
    with refused_by("job-queue-enabled"):
        batch.delete_job_queue(jobQueue=queue)
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    batch.delete_job_queue(jobQueue=queue)
    batch.delete_compute_environment(computeEnvironment=environment)


def test_a_queue_is_enabled_unless_its_state_is_given(batch: Any, environment: str) -> None:
    queue = create_queue(batch, environment)
    (described,) = batch.describe_job_queues(jobQueues=[queue])["jobQueues"]
    assert described["state"] == "ENABLED"


def test_a_queue_has_three_pools_at_most(batch: Any, resources: dict[str, Any]) -> None:
    pools = [create_environment(batch, resources) for _ in range(4)]
    create_queue(batch, *pools[:3])
    with refused_by("job-queue-compute-environments"):
        create_queue(batch, *pools)


def test_the_pools_of_a_queue_are_of_one_platform(
    batch: Any, resources: dict[str, Any], environment: str
) -> None:
    fargate = {name: resources[name] for name in ("maxvCpus", "subnets", "securityGroupIds")}
    other = create_environment(batch, {**fargate, "type": "FARGATE"})
    create_queue(batch, other)
    with refused_by("job-queue-one-platform"):
        create_queue(batch, environment, other)


def test_a_queue_without_a_policy_gets_none_later(batch: Any, environment: str, policy: str) -> None:
    fifo = create_queue(batch, environment)
    with refused_by("job-queue-stays-fifo"):
        batch.update_job_queue(jobQueue=fifo, schedulingPolicyArn=policy)
    fair = create_queue(batch, environment, schedulingPolicyArn=policy)
    other = batch.create_scheduling_policy(name=unique("policy"))["arn"]
    batch.update_job_queue(jobQueue=fair, schedulingPolicyArn=other)


def test_a_time_limit_is_between_ten_minutes_and_a_day(batch: Any, environment: str) -> None:
    limit = {"action": "CANCEL", "state": "RUNNABLE", "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"}
    create_queue(batch, environment, jobStateTimeLimitActions=[{**limit, "maxTimeSeconds": 600}])
    with refused_by("job-queue-time-limit"):
        create_queue(batch, environment, jobStateTimeLimitActions=[{**limit, "maxTimeSeconds": 599}])


def test_a_policy_that_a_queue_has_is_not_deleted(batch: Any, environment: str, policy: str) -> None:
    queue = create_queue(batch, environment, schedulingPolicyArn=policy)
    with refused_by("scheduling-policy-in-use"):
        batch.delete_scheduling_policy(arn=policy)
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    batch.delete_job_queue(jobQueue=queue)
    batch.delete_scheduling_policy(arn=policy)


@pytest.mark.parametrize(
    "values",
    [{"computeReservation": 100}, {"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 1000.0}]}],
)
def test_the_values_of_a_policy_have_ranges(batch: Any, values: dict[str, Any]) -> None:
    with refused_by("scheduling-policy-values"):
        batch.create_scheduling_policy(name=unique("policy"), fairsharePolicy=values)
    largest = {
        "computeReservation": 99,
        "shareDistribution": [{"shareIdentifier": "a", "weightFactor": 999.9999}],
    }
    batch.create_scheduling_policy(name=unique("policy"), fairsharePolicy=largest)


@pytest.mark.parametrize("share", ["ada.lovelace", "a-b", "a*b", "x" * 256])
def test_a_share_has_letters_and_digits(
    batch: Any, environment: str, policy: str, definition: str, share: str
) -> None:
    shares = {"shareDistribution": [{"shareIdentifier": share}]}
    with refused_by("share-identifier-form"):
        batch.create_scheduling_policy(name=unique("policy"), fairsharePolicy=shares)
    queue = create_queue(batch, environment, schedulingPolicyArn=policy)
    with refused_by("share-identifier-form"):
        submit(batch, queue, definition, shareIdentifier=share)


def test_shares_of_a_policy_do_not_overlap(batch: Any) -> None:
    def create(*shares: str) -> None:
        distribution = [{"shareIdentifier": share} for share in shares]
        batch.create_scheduling_policy(
            name=unique("policy"), fairsharePolicy={"shareDistribution": distribution}
        )

    create("UserA*", "UserB1")
    with refused_by("share-identifiers-overlap"):
        create("UserA*", "UserA1")


def test_a_job_in_a_queue_with_a_policy_has_a_priority(
    batch: Any, environment: str, policy: str, definition: str
) -> None:
    fair = create_queue(batch, environment, schedulingPolicyArn=policy)
    with refused_by("scheduling-priority-required"):
        submit(batch, fair, definition, shareIdentifier="ada")
    submit(batch, fair, definition, shareIdentifier="ada", schedulingPriorityOverride=0)
    submit(batch, fair, register(batch, schedulingPriority=0), shareIdentifier="ada")
    submit(batch, create_queue(batch, environment), definition)


def test_a_priority_has_a_range(batch: Any, environment: str, definition: str) -> None:
    register(batch, schedulingPriority=9999)
    with refused_by("scheduling-priority-range"):
        register(batch, schedulingPriority=10_000)
    with refused_by("scheduling-priority-range"):
        submit(batch, create_queue(batch, environment), definition, schedulingPriorityOverride=-1)


def test_the_priority_of_a_definition_is_kept(batch: Any) -> None:
    registered = register(batch, schedulingPriority=7)
    (described,) = batch.describe_job_definitions(jobDefinitions=[registered])["jobDefinitions"]
    assert described["schedulingPriority"] == 7


def test_a_request_for_a_job_has_less_than_30_kib(batch: Any, environment: str, definition: str) -> None:
    queue = create_queue(batch, environment)

    def with_variable(length: int) -> dict[str, Any]:
        return {"environment": [{"name": "X", "value": "x" * length}]}

    submit(batch, queue, definition, containerOverrides=with_variable(30_000))
    with refused_by("job-size", message="Job size must be less than 30 KiB, got 30 KiB"):
        submit(batch, queue, definition, containerOverrides=with_variable(30_720))


def test_a_job_definition_has_24_kib_at_most(batch: Any) -> None:
    def with_variable(length: int) -> dict[str, Any]:
        variables = [{"name": "X", "value": "x" * length}]
        return {"image": "busybox", "resourceRequirements": RESOURCES, "environment": variables}

    register(batch, containerProperties=with_variable(24_000))
    with refused_by("job-definition-size"):
        register(batch, containerProperties=with_variable(24_576))


@pytest.mark.parametrize(("place", "missing"), [(0, "Memory"), (1, "vCPU")])
def test_every_container_has_vcpus_and_memory(batch: Any, place: int, missing: str) -> None:
    container = {"image": "busybox", "resourceRequirements": [RESOURCES[place]]}
    with refused_by("job-definition-resources", message=f"{missing} is not provided"):
        register(batch, containerProperties=container)
    nodes = {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": "0:", "container": container}],
    }
    with refused_by("job-definition-resources", message=f"{missing} is not provided"):
        batch.register_job_definition(jobDefinitionName=unique("job"), type="multinode", nodeProperties=nodes)


def test_the_reason_for_ending_a_job_is_short(batch: Any) -> None:
    batch.terminate_job(jobId="absent", reason="x" * 1024)
    with refused_by("job-reason-length"):
        batch.terminate_job(jobId="absent", reason="x" * 1025)


def test_the_tag_of_a_job_has_no_reserved_prefix(batch: Any) -> None:
    with refused_by("job-reserved-tag-prefix", message="aws:owner"):
        batch.register_job_definition(
            jobDefinitionName=unique("definition"),
            type="container",
            containerProperties={"image": "i", "resourceRequirements": RESOURCES},
            tags={"aws:owner": "x"},
        )


@pytest.fixture
def on_fargate(resources: dict[str, Any]) -> dict[str, Any]:
    """`computeResources` of a pool on Fargate that Batch takes."""
    return {
        "type": "FARGATE",
        **{name: resources[name] for name in ("maxvCpus", "subnets", "securityGroupIds")},
    }


def fargate_container(vcpus: str = "1", memory: str = "2048", **given: Any) -> dict[str, Any]:
    required = [{"type": "VCPU", "value": vcpus}, {"type": "MEMORY", "value": memory}]
    role = "arn:aws:iam::123456789012:role/execution"
    return {"image": "busybox", "executionRoleArn": role, "resourceRequirements": required, **given}


def register_on_fargate(batch: Any, **container: Any) -> str:
    return register(
        batch, platformCapabilities=["FARGATE"], containerProperties=fargate_container(**container)
    )


def test_a_pool_has_instance_types_of_one_architecture(batch: Any, resources: dict[str, Any]) -> None:
    create_environment(batch, resources, instanceTypes=["m7g", "c8g.large"])
    with refused_by("compute-environment-one-architecture", message="arm-based instance type"):
        create_environment(batch, resources, instanceTypes=["m7g", "m7i"])


@pytest.mark.parametrize("given", [{"minvCpus": 1}, {"tags": {"a": "b"}}, {"allocationStrategy": "BEST_FIT"}])
def test_a_pool_on_fargate_has_nothing_about_instances(
    batch: Any, on_fargate: dict[str, Any], given: dict[str, Any]
) -> None:
    (name,) = given
    with refused_by("compute-environment-fargate", message=f"{name} is not applicable for Fargate."):
        create_environment(batch, on_fargate, **given)
    create_environment(batch, on_fargate)


def test_a_pool_does_not_change_between_ec2_and_fargate(batch: Any, on_fargate: dict[str, Any]) -> None:
    pool = create_environment(batch, on_fargate)
    batch.update_compute_environment(computeEnvironment=pool, computeResources={"type": "FARGATE_SPOT"})
    with refused_by("compute-environment-stays-on-its-platform"):
        batch.update_compute_environment(computeEnvironment=pool, computeResources={"type": "EC2"})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ulimits": [{"name": "nofile", "hardLimit": 1, "softLimit": 1}]}, "ulimits is not applicable"),
        ({"privileged": True}, "privileged is not applicable"),
        ({"linuxParameters": {"sharedMemorySize": 64}}, "linuxParameter.sharedMemorySize is not allowed"),
        ({"linuxParameters": {"devices": [{"hostPath": "/dev/neuron0"}]}}, "linuxParameter.devices"),
        ({"ephemeralStorage": {"sizeInGiB": 20}}, "only between range 21 GiB to 200 GiB"),
        ({"executionRoleArn": ""}, "executionRoleArn is required"),
        ({"vcpus": "3"}, "(3.00 vCPU, 2048 MiB) not valid."),
        ({"vcpus": "2", "memory": "2048"}, "(2.00 vCPU, 2048 MiB) not valid."),
        (
            {
                "resourceRequirements": [
                    *fargate_container()["resourceRequirements"],
                    {"type": "GPU", "value": "1"},
                ]
            },
            "GPU is not supported",
        ),
    ],
)
def test_a_definition_on_fargate_has_what_fargate_offers(
    batch: Any, given: dict[str, Any], message: str
) -> None:
    with refused_by("job-definition-fargate", message=message):
        register_on_fargate(batch, **given)
    register_on_fargate(batch, vcpus="32", memory="249856", ephemeralStorage={"sizeInGiB": 200})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"networkConfiguration": {"assignPublicIp": "ENABLED"}},
            "networkConfiguration not applicable for EC2.",
        ),
        ({"runtimePlatform": {"cpuArchitecture": "ARM64"}}, "runtimePlatform not applicable for EC2."),
        ({"resourceRequirements": [{"type": "VCPU", "value": "0.5"}, RESOURCES[1]]}, "must be an integer"),
    ],
)
def test_a_definition_on_ec2_has_nothing_about_fargate(
    batch: Any, given: dict[str, Any], message: str
) -> None:
    with refused_by("job-definition-ec2", message=message):
        register(batch, containerProperties={"image": "busybox", "resourceRequirements": RESOURCES, **given})


def test_a_job_runs_on_the_platform_of_its_definition(
    batch: Any, environment: str, definition: str, on_fargate: dict[str, Any]
) -> None:
    tasks = create_queue(batch, create_environment(batch, on_fargate))
    with refused_by("job-platform", message="requires EC2"):
        batch.submit_job(jobName="job", jobQueue=tasks, jobDefinition=definition)
    with refused_by("job-platform", message="requires FARGATE"):
        batch.submit_job(
            jobName="job", jobQueue=create_queue(batch, environment), jobDefinition=register_on_fargate(batch)
        )


def test_a_job_on_fargate_requires_one_of_its_sizes(batch: Any, on_fargate: dict[str, Any]) -> None:
    tasks, wanted = create_queue(batch, create_environment(batch, on_fargate)), register_on_fargate(batch)

    def overridden(memory: str) -> dict[str, Any]:
        return {"containerOverrides": {"resourceRequirements": [{"type": "MEMORY", "value": memory}]}}

    with refused_by("job-fargate-size", message="(1.00 vCPU, 2500 MiB) not valid."):
        batch.submit_job(jobName="job", jobQueue=tasks, jobDefinition=wanted, **overridden("2500"))
    submit(batch, tasks, wanted, **overridden("3072"))


def test_the_groups_of_a_pool_may_be_those_of_its_launch_template(
    batch: Any, client: Client, resources: dict[str, Any]
) -> None:
    """ComputeResource, securityGroupIds: there, or in the launch template."""
    (group,) = resources.pop("securityGroupIds")
    with pytest.raises(ClientError, match="At least 1 security group must be provided"):
        create_environment(batch, resources)
    interface = {"DeviceIndex": 0, "InterfaceType": "efa", "Groups": [group]}
    template = client("ec2").create_launch_template(
        LaunchTemplateName=unique("template"), LaunchTemplateData={"NetworkInterfaces": [interface]}
    )["LaunchTemplate"]["LaunchTemplateId"]
    name = create_environment(batch, resources, launchTemplate={"launchTemplateId": template, "version": "1"})
    (found,) = batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
    assert not found["computeResources"].get("securityGroupIds")
