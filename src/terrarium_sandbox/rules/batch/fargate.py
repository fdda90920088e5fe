"""Rules of Batch for compute environments, job definitions and jobs on Fargate."""

from collections.abc import Mapping
from typing import Any, Final

from moto.batch.models import batch_backends

from terrarium_sandbox.rules.batch.message import MODEL, refused
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_GUIDE = "AWS Batch User Guide, Job definitions on Fargate"
_OF_INSTANCES: Final = (
    "allocationStrategy",
    "bidPercentage",
    "desiredvCpus",
    "ec2Configuration",
    "ec2KeyPair",
    "imageId",
    "instanceRole",
    "instanceTypes",
    "launchTemplate",
    "minvCpus",
    "placementGroup",
    "spotIamFleetRole",
    "tags",
)
_OF_FARGATE: Final = (
    "ephemeralStorage",
    "fargatePlatformConfiguration",
    "networkConfiguration",
    "runtimePlatform",
)
_LINUX_PARAMETERS: Final = ("devices", "maxSwap", "sharedMemorySize", "swappiness", "tmpfs")
_LOG_DRIVERS: Final = frozenset({"awslogs", "splunk", "awsfirelens"})
_STORAGE: Final = range(21, 201)  # GiB
_MOST_SUBNETS, _MOST_GROUPS = 16, 5
_GIB = 1024
# MiB by vCPUs.
_SIZES: Final[Mapping[float, frozenset[int]]] = {
    0.25: frozenset({512, 1024, 2048}),
    0.5: frozenset(range(1024, 4096 + 1, 1024)),
    1: frozenset(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2: frozenset(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4: frozenset(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8: frozenset(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16: frozenset(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
    32: frozenset({60 * _GIB, 120 * _GIB, 244 * _GIB}),
}


@rule(
    "compute-environment-fargate",
    on=("batch:CreateComputeEnvironment", "batch:UpdateComputeEnvironment"),
    code="ClientException",
    source=f"{MODEL}, ComputeResource: isn't applicable to Fargate; hashicorp/terraform-provider-aws issue 16592",
)
def compute_environment_fargate(request: Request) -> str | None:
    """A compute environment on Fargate must have subnets and security groups, and nothing about instances."""
    given = request.get("computeResources") or {}
    if not _is_on_fargate(request):
        return None
    for name in _OF_INSTANCES:
        if given.get(name):
            return refused(f"{name} is not applicable for Fargate.")
    if request.operation == "CreateComputeEnvironment" and not given.get("securityGroupIds"):
        return refused("securityGroupIds is required for Fargate.")
    if len(given.get("securityGroupIds") or ()) > _MOST_GROUPS:
        return refused(f"Fargate compute environments can have {_MOST_GROUPS} security groups at most")
    if len(given.get("subnets") or ()) > _MOST_SUBNETS:
        return refused(f"Fargate compute environments can have {_MOST_SUBNETS} subnets at most")
    return None


@rule(
    "compute-environment-stays-on-its-platform",
    on=("batch:UpdateComputeEnvironment",),
    code="ClientException",
    source="AWS Batch User Guide, Updating compute environments: Fargate and EC2 are updated differently",
)
def compute_environment_stays_on_its_platform(request: Request) -> str | None:
    """A compute environment must not change between EC2 and Fargate."""
    wanted = (request.get("computeResources") or {}).get("type")
    was = _type_of(request, request.get("computeEnvironment"))
    if wanted is None or was is None or wanted.startswith("FARGATE") == was.startswith("FARGATE"):
        return None
    return refused(f"computeResources type cannot be updated from {was} to {wanted}")


@rule(
    "job-definition-fargate",
    on=("batch:RegisterJobDefinition",),
    code="ClientException",
    source=f"{_GUIDE}; {MODEL}, ContainerProperties and LinuxParameters: isn't applicable to Fargate",
)
def job_definition_fargate(request: Request) -> str | None:
    """A job definition on Fargate must have an execution role, and nothing that needs access to the instance."""
    if not _requires_fargate(request):
        return None
    if request.get("nodeProperties"):
        return refused("Multi-node parallel jobs are not supported on Fargate.")
    container = request.get("containerProperties") or {}
    for name in ("instanceType", "memory", "ulimits", "vcpus"):
        if container.get(name):
            return refused(f"{name} is not applicable for Fargate.")
    if container.get("privileged"):
        return refused("privileged is not applicable for Fargate.")
    for name in _LINUX_PARAMETERS:
        if (container.get("linuxParameters") or {}).get(name) not in (None, []):
            return refused(f"linuxParameter.{name} is not allowed for Fargate.")
    for volume in container.get("volumes") or ():
        if (volume.get("host") or {}).get("sourcePath"):
            return refused("host.sourcePath should not be set for volumes in Fargate.")
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    if driver is not None and driver not in _LOG_DRIVERS:
        return refused(f"Log driver for Fargate is not valid: {driver}")
    if not container.get("executionRoleArn"):
        return refused("executionRoleArn is required for Fargate.")
    storage = (container.get("ephemeralStorage") or {}).get("sizeInGiB")
    if storage is not None and storage not in _STORAGE:
        return refused("Ephemeral storage for Fargate tasks can be only between range 21 GiB to 200 GiB")
    return _wrong_size(_requirements(container))


@rule(
    "job-definition-ec2",
    on=("batch:RegisterJobDefinition",),
    code="ClientException",
    source=f"{MODEL}, ContainerProperties: jobs on EC2 must not specify these; aws-cdk, MultiNodeJobDefinition",
)
def job_definition_ec2(request: Request) -> str | None:
    """A job definition on EC2 must have nothing about Fargate, and whole vCPUs."""
    if _requires_fargate(request):
        return None
    for container in _containers(request):
        for name in _OF_FARGATE:
            if container.get(name):
                return refused(f"{name} not applicable for EC2.")
        vcpus = _requirements(container).get("VCPU")
        if vcpus is not None and vcpus != int(vcpus):
            return refused("vCPU must be an integer for EC2.")
    return None


@rule(
    "job-platform",
    on=("batch:SubmitJob",),
    code="ClientException",
    source=f"{MODEL}, RegisterJobDefinitionRequest.platformCapabilities, CreateJobQueueRequest.jobQueueType",
)
def job_platform(request: Request) -> str | None:
    """The queue of a job must have the platform that its definition requires."""
    batch = request.backend(batch_backends)
    definition = batch.get_job_definition(request.get("jobDefinition"))
    queue = batch.get_job_queue(request.get("jobQueue"))
    if definition is None or queue is None or not queue.environments:
        return None
    required = (definition.platform_capabilities or ["EC2"])[0]
    offered = "FARGATE" if _resources_of(queue.environments[0]).startswith("FARGATE") else "EC2"
    if required == offered:
        return None
    return refused(f"Job definition requires {required}, but job queue {queue.name} runs jobs on {offered}.")


@rule(
    "job-fargate-size",
    on=("batch:SubmitJob",),
    code="ClientException",
    source=f"{MODEL}, ResourceRequirement.value; insitro/redun pull request 95",
)
def job_fargate_size(request: Request) -> str | None:
    """A job on Fargate must require one of its combinations of vCPUs and memory, and no GPUs."""
    definition = request.backend(batch_backends).get_job_definition(request.get("jobDefinition"))
    if definition is None or "FARGATE" not in (definition.platform_capabilities or ()):
        return None
    overrides = request.get("containerOverrides") or {}
    for name in ("memory", "vcpus"):
        if overrides.get(name):
            return refused(f"{name} is not applicable for Fargate. Use resource requirements instead.")
    return _wrong_size({**_requirements(definition.container_properties or {}), **_requirements(overrides)})


def _wrong_size(required: Mapping[str, float]) -> str | None:
    if required.get("GPU"):
        return refused("GPU is not supported for Fargate.")
    vcpus, memory = required.get("VCPU", 0), required.get("MEMORY", 0)
    if memory in _SIZES.get(vcpus, ()):
        return None
    return refused(f"Fargate resource requirements ({vcpus:.2f} vCPU, {memory:.0f} MiB) not valid.")


def _requirements(container: Mapping[str, Any]) -> dict[str, float]:
    return {one["type"]: float(one["value"]) for one in container.get("resourceRequirements") or ()}


def _containers(request: Request) -> list[Mapping[str, Any]]:
    single = [request.get("containerProperties")] if request.get("containerProperties") else []
    nodes = (request.get("nodeProperties") or {}).get("nodeRangeProperties", ())
    return [*single, *(one["container"] for one in nodes if one.get("container"))]


def _requires_fargate(request: Request) -> bool:
    return "FARGATE" in (request.get("platformCapabilities") or ())


def _is_on_fargate(request: Request) -> bool:
    kind = (request.get("computeResources") or {}).get("type")
    if kind is None and request.operation == "UpdateComputeEnvironment":
        kind = _type_of(request, request.get("computeEnvironment"))
    return str(kind).startswith("FARGATE")


def _type_of(request: Request, name: str) -> str | None:
    environment = request.backend(batch_backends).get_compute_environment(name)
    return None if environment is None else _resources_of(environment)


def _resources_of(environment: Any) -> str:
    return str((environment.compute_resources or {}).get("type", ""))


RULES: tuple[Rule, ...] = (
    compute_environment_fargate,
    compute_environment_stays_on_its_platform,
    job_definition_fargate,
    job_definition_ec2,
    job_platform,
    job_fargate_size,
)
