"""Placement of a job in a compute environment of its queue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from moto.batch.models import ComputeEnvironment, JobQueue
from moto.ec2.models.instance_types import INSTANCE_TYPES

from terrarium_sandbox.services.batch.job import Job

__all__ = ["Placement", "place"]

_OPTIMAL = ("m5", "c5", "r5")
# Source: AWS Batch User Guide, "Jobs stuck in a RUNNABLE status".
_TOO_LARGE_FOR_ENVIRONMENT = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU "
    "requirement of the job."
)
_TOO_LARGE_FOR_INSTANCES = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than "
    "that can be met by the CE(s) attached to the job queue."
)


@dataclass(frozen=True)
class Placement:
    """The result of the search for a compute environment.

    Attributes:
        environment: The ARN of a compute environment with enough free capacity.
        hopeless: Batch's reason why no compute environment can ever run the job; None if one can.
    """

    environment: str | None = None
    hopeless: str | None = None


def place(job: Job, queue: JobQueue, used: Mapping[str, float]) -> Placement:
    """Find free capacity for a job in the compute environments of its queue, in their order.

    Args:
        job: The job.
        queue: Its queue.
        used: The vCPUs in use, by ARN of the compute environment.
    """
    vcpus = job.resource("VCPU")
    enabled = [environment for environment in queue.environments if environment.state == "ENABLED"]
    large_enough = [environment for environment in enabled if vcpus <= _maximum(environment)]
    if enabled and not large_enough:
        return Placement(hopeless=_TOO_LARGE_FOR_ENVIRONMENT)
    possible = [environment for environment in large_enough if _has_instances_for(environment, job)]
    if enabled and not possible:
        return Placement(hopeless=_TOO_LARGE_FOR_INSTANCES)
    for environment in possible:
        if used.get(environment.arn, 0) + vcpus <= _maximum(environment):
            return Placement(environment=environment.arn)
    return Placement()


def _maximum(environment: ComputeEnvironment) -> float:
    return float((environment.compute_resources or {}).get("maxvCpus", 0))


def _has_instances_for(environment: ComputeEnvironment, job: Job) -> bool:
    names = (environment.compute_resources or {}).get("instanceTypes", [])
    if not names:  # Fargate
        return True
    offers = [offer for name in names for offer in _offers(name)]
    return all(
        any(
            container.resource("VCPU") <= vcpus
            and container.resource("MEMORY") < memory
            and container.resource("GPU") <= gpus
            for vcpus, memory, gpus in offers
        )
        for container in job.containers
    )


@cache
def _offers(name: str) -> list[tuple[int, int, int]]:
    """Yield vCPUs, MiB and GPUs of the instance types of a name: a type, a family, or `optimal`."""
    return list(_types(name))


def _types(name: str) -> Iterator[tuple[int, int, int]]:
    families = _OPTIMAL if name == "optimal" else (name,)
    for instance_type, description in INSTANCE_TYPES.items():
        if instance_type == name or instance_type.partition(".")[0] in families:
            gpus = sum(gpu["Count"] for gpu in description.get("GpuInfo", {}).get("Gpus", []))
            vcpus = description["VCpuInfo"]["DefaultVCpus"]
            yield vcpus, description["MemoryInfo"]["SizeInMiB"], gpus
