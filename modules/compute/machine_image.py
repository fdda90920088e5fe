"""Machine images of instances: the ids in an environment's file, and parameters that contain ids."""

from environments.sections.compute import Compute, Pool
from modules.delivery.named_resources import Service
from modules.names import Names

__all__ = ["image_or_parameter", "reading_images"]

# Batch provides no image with Neuron drivers: ECS does. Source: Amazon ECS Developer Guide, "Retrieving Amazon
# ECS-optimized Linux AMI metadata" and "Amazon ECS task definitions for AWS Neuron machine learning workloads".
_OF_ACCELERATORS = {"neuron": "/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id"}


def image_or_parameter(pool: Pool) -> str | None:
    """Return the image id of a pool, or the path of its parameter; None if Batch chooses the image."""
    return pool.ami or _OF_ACCELERATORS.get(pool.accelerator)


def reading_images(config: Compute, names: Names) -> tuple[Service, ...]:
    """Return the permission of CI's roles to read the parameters that contain image ids; empty if there are none."""
    images = [image_or_parameter(pool) for pool in config.pools]
    paths = sorted({path for path in images if path is not None and path.startswith("/")})
    if not paths:
        return ()
    # Parameters that AWS publishes belong to no account.
    arns = tuple(
        names.foreign_arn("ssm", names.region, "", f"parameter{path}")
        if path.startswith("/aws/service/")
        else names.arn("ssm", f"parameter{path}")
        for path in paths
    )
    return (Service("MachineImages", "ssm", ("ssm:GetParameter",), (), arns),)
