"""Job definitions for the pools whose jobs need others than x86 instances do.

Fargate takes its own settings, images differ by architecture, and devices of instances are part of a definition: none
of this can be overridden when a job is submitted.
"""

from collections.abc import Iterator
from typing import Any

from environments.sections.compute import Compute as ComputeConfig
from environments.sections.compute import Pool
from terrarium.manifest import BASE_IMAGE, Architecture

__all__ = ["container_in_pool", "images_of_pool", "pool_definition_name", "pool_definition_names"]

# Values of Batch's API by architecture (RuntimePlatform).
_CPU_ARCHITECTURES: dict[Architecture, str] = {"x86_64": "X86_64", "arm64": "ARM64"}
_DEFAULT_DISK = 20  # GiB; Fargate does not take this size, it is what tasks have


def pool_definition_name(pool: str, image: str) -> str:
    """Return the last part of a definition's name. Names of pools and images have no underscore."""
    return f"job-on-{pool}_{image}"


def pool_definition_names(config: ComputeConfig, *, images: tuple[str, ...]) -> Iterator[str]:
    """Yield the last parts of the names of all definitions for the pools that have their own, in these images."""
    for pool in config.pools:
        for image in images:
            if image in images_of_pool(config, pool):
                yield pool_definition_name(pool.name, image)
                if pool.nodes > 1:
                    yield f"multi-node-{pool_definition_name(pool.name, image)}"


def images_of_pool(config: ComputeConfig, pool: Pool) -> tuple[str, ...]:
    """Return the images that have definitions for a pool: none if it uses the common ones."""
    if not pool.has_job_definitions:
        return ()
    images = (BASE_IMAGE, *config.images)
    return tuple(image for image in images if pool.architecture in config.architectures_of_image(image))


def container_in_pool(container: dict[str, Any], pool: Pool, *, public_addresses: bool) -> dict[str, Any]:
    """Return the container properties with the settings that a pool needs.

    Args:
        container: The properties, as Batch's API expects them.
        pool: The pool.
        public_addresses: Whether tasks on Fargate need a public address to reach AWS.
    """
    if pool.launch_type == "fargate":
        disk = {} if pool.disk_gib == _DEFAULT_DISK else {"ephemeralStorage": {"sizeInGiB": pool.disk_gib}}
        return {
            **container,
            **disk,
            "fargatePlatformConfiguration": {"platformVersion": "LATEST"},
            "networkConfiguration": {"assignPublicIp": "ENABLED" if public_addresses else "DISABLED"},
            "runtimePlatform": {
                "operatingSystemFamily": "LINUX",
                "cpuArchitecture": _CPU_ARCHITECTURES[pool.architecture],
            },
        }
    devices = [*_neuron_devices(pool), *_fabric_adapters(pool)]
    if pool.efa_interfaces:
        # The adapters read and write memory that is locked. Source: Amazon EC2 User Guide, "Get started with EFA".
        unlimited = {"name": "memlock", "softLimit": -1, "hardLimit": -1}
        container = {**container, "ulimits": [*container.get("ulimits", ()), unlimited]}
    return {**container, "linuxParameters": {"devices": devices}} if devices else container


def _neuron_devices(pool: Pool) -> Iterator[dict[str, Any]]:
    # Source: Amazon ECS Developer Guide, "Amazon ECS task definitions for AWS Neuron machine learning workloads".
    if pool.accelerator == "neuron":
        for number in range(pool.neuron_devices):
            yield _device(f"/dev/neuron{number}", permissions=("READ", "WRITE"))


def _fabric_adapters(pool: Pool) -> Iterator[dict[str, Any]]:
    # Source: AWS Batch User Guide, "Elastic Fabric Adapter".
    for number in range(pool.efa_interfaces):
        yield _device(f"/dev/infiniband/uverbs{number}", permissions=("READ", "WRITE", "MKNOD"))


def _device(path: str, *, permissions: tuple[str, ...]) -> dict[str, Any]:
    return {"hostPath": path, "containerPath": path, "permissions": list(permissions)}
