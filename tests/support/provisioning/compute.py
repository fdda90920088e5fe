"""Resources for jobs, created with boto3 as `modules/compute/training_compute.py` creates them."""

import json
from typing import Any

import boto3

from operations.images.sandbox_image import register_image
from terrarium.manifest import PlatformManifest

__all__ = ["BASE_TAG", "create_compute", "create_role"]

# Of the form that the base image's tags have; the sandbox's jobs run in its own interpreter, whatever it is.
BASE_TAG = "base-0123456789abcdef"
_HOPELESS = (
    "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
)


def create_compute(manifest: PlatformManifest) -> dict[str, object]:
    """Create the resources for jobs, and return the manifest's section `compute`."""
    environment = manifest.environment
    roles = {
        name: create_role(f"terrarium-{environment}-{name}", f"{service}.amazonaws.com")
        for name, service in (("job", "ecs-tasks"), ("job-execution", "ecs-tasks"), ("instance", "ec2"))
    }
    ecr = boto3.client("ecr")
    ecr.create_repository(repositoryName=_repository(manifest))
    for tag in (BASE_TAG, "pytorch-1"):
        register_image(ecr, repository=_repository(manifest), tag=tag)
    boto3.client("logs").create_log_group(logGroupName=manifest.compute.log_group)
    policy = boto3.client("batch").create_scheduling_policy(name=f"terrarium-{environment}-fair-share")["arn"]
    profile = _create_instance_profile(f"terrarium-{environment}-instance")
    subnet, group = _create_network()
    for pool in manifest.compute.pools:
        _create_pool(
            pool.queue_arn.rpartition("/")[2],
            policy=policy,
            compute_resources={
                "type": "SPOT" if pool.purchase == "spot" else "EC2",
                "minvCpus": 0,
                "maxvCpus": pool.maximum_vcpus,
                "instanceTypes": list(pool.instance_types),
                "instanceRole": profile,
                "subnets": [subnet],
                "securityGroupIds": [group],
            },
        )
    container = _container(manifest, role=roles["job"], execution_role=roles["job-execution"])
    pytorch = _container(
        manifest, role=roles["job"], execution_role=roles["job-execution"], image="pytorch", tag="pytorch-1"
    )
    name = f"terrarium-{environment}-job"
    several = {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": "0:", "container": container}],
    }
    return manifest.compute.model_dump() | {
        "job_definition_arn": _register(name, type="container", containerProperties=container),
        "multi_node_job_definition_arn": _register(f"{name}-nodes", type="multinode", nodeProperties=several),
        "images": [
            {
                "name": "pytorch",
                "image": pytorch["image"],
                "job_definition_arn": _register(
                    f"{name}-pytorch", type="container", containerProperties=pytorch
                ),
            }
        ],
    }


def create_role(name: str, service: str) -> str:
    """Create a role that a service may assume, and return its ARN."""
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    # What exactly they may do is asked of a deployed environment.
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=name,
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    return str(role["Role"]["Arn"])


def _create_instance_profile(name: str) -> str:
    iam = boto3.client("iam")
    created = iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return str(created["InstanceProfile"]["Arn"])


def _create_network() -> tuple[str, str]:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="client", Description="jobs")["GroupId"]
    # As `modules/compute/node_security_group.py` has it: nodes reach each other.
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}]
    )
    return subnet, group


def _create_pool(name: str, *, policy: str, compute_resources: dict[str, object]) -> None:
    batch = boto3.client("batch")
    environment = batch.create_compute_environment(
        computeEnvironmentName=name,
        type="MANAGED",
        state="ENABLED",
        computeResources=compute_resources,
    )["computeEnvironmentArn"]
    batch.create_job_queue(
        jobQueueName=name,
        state="ENABLED",
        priority=1,
        schedulingPolicyArn=policy,
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
        jobStateTimeLimitActions=[
            {"action": "CANCEL", "state": "RUNNABLE", "reason": reason, "maxTimeSeconds": 3600}
            for reason in _HOPELESS
        ],
    )


def _container(
    manifest: PlatformManifest, *, role: str, execution_role: str, image: str = "base", tag: str = BASE_TAG
) -> dict[str, object]:
    return {
        "image": f"{manifest.compute.images_url}:{tag}",
        "command": ["true"],
        "jobRoleArn": role,
        "executionRoleArn": execution_role,
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        "environment": [
            {"name": "AWS_DEFAULT_REGION", "value": manifest.region},
            {"name": "TERRARIUM_ENVIRONMENT", "value": manifest.environment},
            {"name": "TERRARIUM_IMAGE", "value": image},
        ],
        "privileged": False,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": manifest.compute.log_group,
                "awslogs-region": manifest.region,
                "awslogs-stream-prefix": "job",
            },
        },
    }


def _register(name: str, **properties: Any) -> str:
    rules = [
        {"action": "RETRY", "onStatusReason": "Host EC2*"},
        {"action": "EXIT", "onReason": "*"},
    ]
    registered = boto3.client("batch").register_job_definition(
        jobDefinitionName=name,
        schedulingPriority=0,
        platformCapabilities=["EC2"],
        propagateTags=True,
        timeout={"attemptDurationSeconds": 24 * 3600},
        retryStrategy={"attempts": 5, "evaluateOnExit": rules},
        **properties,
    )
    return str(registered["jobDefinitionArn"])


def _repository(manifest: PlatformManifest) -> str:
    return manifest.compute.images_url.partition("/")[2]
