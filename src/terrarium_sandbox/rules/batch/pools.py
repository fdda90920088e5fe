"""Rules of Batch for compute environments and job queues."""

from moto.batch.models import batch_backends
from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from terrarium_sandbox.rules.batch.message import MODEL, QUOTAS, refused
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_MOST_ENVIRONMENTS = 3
_TIME_LIMITS = range(600, 86_401)  # s
_RETIRED_IMAGES = frozenset({"ECS_AL2", "ECS_AL2_NVIDIA"})


@rule(
    "compute-environment-image-retired",
    on=("batch:CreateComputeEnvironment",),
    code="ClientException",
    source=f"{MODEL}, Ec2Configuration.imageType: creation is blocked from June 30, 2026",
)
def compute_environment_image_retired(request: Request) -> str | None:
    """A new compute environment must not use the Amazon Linux 2 images that Batch provides."""
    resources = request.get("computeResources") or {}
    for configuration in resources.get("ec2Configuration", ()):
        own_image = configuration.get("imageIdOverride") or resources.get("imageId")
        if configuration.get("imageType") in _RETIRED_IMAGES and not own_image:
            return refused(
                f"Image type {configuration['imageType']} is no longer supported for new compute environments"
            )
    return None


@rule(
    "compute-environment-one-architecture",
    on=("batch:CreateComputeEnvironment", "batch:UpdateComputeEnvironment"),
    code="ClientException",
    source="aws-cdk issue 31148: CreateComputeEnvironment",
)
def compute_environment_one_architecture(request: Request) -> str | None:
    """The instance types of a compute environment must be either all of arm64 or all of x86."""
    names = (request.get("computeResources") or {}).get("instanceTypes") or ()
    found = {architecture for name in names for architecture in _architectures(name)}
    return "arm-based instance type cannot be used with other instance types." if len(found) > 1 else None


@rule(
    "compute-environment-one-vpc",
    on=("batch:CreateComputeEnvironment",),
    code="ClientException",
    source=f"{MODEL}, ComputeResource.subnets: within the same VPC",
)
def compute_environment_one_vpc(request: Request) -> str | None:
    """The subnets of a compute environment must be within one VPC."""
    names = (request.get("computeResources") or {}).get("subnets", ())
    zones = request.backend(ec2_backends).subnets.values()
    vpcs = {zone[name].vpc_id for zone in zones for name in names if name in zone}
    return refused(f"Subnets must be in the same VPC: {', '.join(names)}") if len(vpcs) > 1 else None


@rule(
    "compute-environment-enabled",
    on=("batch:DeleteComputeEnvironment",),
    code="ClientException",
    source=f"{MODEL}, DeleteComputeEnvironment: its state must be DISABLED before",
)
def compute_environment_enabled(request: Request) -> str | None:
    """A compute environment must be DISABLED before it is deleted."""
    environment = request.backend(batch_backends).get_compute_environment(request.get("computeEnvironment"))
    if environment is None or environment.state == "DISABLED":
        return None
    return "Cannot delete, state of compute environment must be DISABLED"


@rule(
    "compute-environment-in-use",
    on=("batch:DeleteComputeEnvironment",),
    code="ClientException",
    source="hashicorp/terraform-provider-aws issues 2044 and 13221; Batch API model, DeleteComputeEnvironment",
)
def compute_environment_in_use(request: Request) -> str | None:
    """A compute environment must not be deleted while a job queue uses it."""
    batch = request.backend(batch_backends)
    environment = batch.get_compute_environment(request.get("computeEnvironment"))
    queues = batch._job_queues.values()
    if environment is None or not any(environment in queue.environments for queue in queues):
        return None
    return "Cannot delete, found existing JobQueue relationship"


@rule(
    "job-queue-enabled",
    on=("batch:DeleteJobQueue",),
    code="ClientException",
    source=f"{MODEL}, DeleteJobQueue: submissions must be disabled first",
)
def job_queue_enabled(request: Request) -> str | None:
    """A job queue must be DISABLED before it is deleted."""
    queue = request.backend(batch_backends).get_job_queue(request.get("jobQueue"))
    if queue is None or queue.state == "DISABLED":
        return None
    return "Cannot delete, state of job queue must be DISABLED"


@rule(
    "job-queue-compute-environments",
    on=("batch:CreateJobQueue", "batch:UpdateJobQueue"),
    code="ClientException",
    source=f"{MODEL}, CreateJobQueue.computeEnvironmentOrder; {QUOTAS}",
)
def job_queue_compute_environments(request: Request) -> str | None:
    """A job queue must have at most three compute environments."""
    count = len(request.get("computeEnvironmentOrder") or ())
    if count <= _MOST_ENVIRONMENTS:
        return None
    return refused(f"A job queue can have {_MOST_ENVIRONMENTS} compute environments at most, got {count}")


@rule(
    "job-queue-one-platform",
    on=("batch:CreateJobQueue", "batch:UpdateJobQueue"),
    code="ClientException",
    source=f"{MODEL}, CreateJobQueue.computeEnvironmentOrder: EC2 and Fargate can't be mixed",
)
def job_queue_one_platform(request: Request) -> str | None:
    """The compute environments of a job queue must be either all of EC2 or all of Fargate."""
    batch = request.backend(batch_backends)
    found = [
        batch.get_compute_environment(one.get("computeEnvironment"))
        for one in request.get("computeEnvironmentOrder") or ()
    ]
    on_fargate = {
        environment.compute_resources.get("type", "").startswith("FARGATE")
        for environment in found
        if environment is not None and environment.compute_resources
    }
    return refused("EC2 and Fargate compute environments cannot be mixed") if len(on_fargate) > 1 else None


@rule(
    "job-queue-time-limit",
    on=("batch:CreateJobQueue", "batch:UpdateJobQueue"),
    code="ClientException",
    source=f"{MODEL}, JobStateTimeLimitAction.maxTimeSeconds",
)
def job_queue_time_limit(request: Request) -> str | None:
    """A time limit of jobs in a state must be between 600 and 86,400 seconds."""
    for limit in request.get("jobStateTimeLimitActions") or ():
        if limit.get("maxTimeSeconds") not in _TIME_LIMITS:
            return refused("maxTimeSeconds must be between 600 and 86400")
    return None


def _architectures(name: str) -> set[bool]:
    """Return whether the types of a name, a type or a family, are of arm64."""
    return {
        "arm64" in description["ProcessorInfo"]["SupportedArchitectures"]
        for instance_type, description in INSTANCE_TYPES.items()
        if name in (instance_type, instance_type.partition(".")[0])
    }


RULES: tuple[Rule, ...] = (
    compute_environment_image_retired,
    compute_environment_one_architecture,
    compute_environment_one_vpc,
    compute_environment_enabled,
    compute_environment_in_use,
    job_queue_enabled,
    job_queue_compute_environments,
    job_queue_one_platform,
    job_queue_time_limit,
)
