"""Choice of the pool for a job, from the manifest and a table of instance types, without a call to AWS."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from terrarium.compute.errors import PlacementError
from terrarium.compute.resources import Resources
from terrarium.fargate_sizes import largest_size, smallest_size
from terrarium.instance_types import instance_types
from terrarium.manifest import BASE_IMAGE, Architecture, ComputePool

__all__ = ["choose_pool", "granted_resources"]


def choose_pool(
    pools: Sequence[ComputePool],
    resources: Resources,
    *,
    wanted: str | None,
    image: str = BASE_IMAGE,
    architectures: tuple[Architecture, ...] = ("x86_64",),
) -> ComputePool:
    """Return the first pool that can run a job. Pools without accelerators come first, unless the job needs GPUs.

    Args:
        pools: The pools of the environment.
        resources: The resources that the job requests.
        wanted: The name of the requested pool; None for any.
        image: The name of the image of the job.
        architectures: The processor architectures that the image is built for.

    Raises:
        PlacementError: No pool, or not the requested one, can run the job; the error names the nearest pool.
    """
    named = [pool for pool in pools if wanted in (None, pool.name)]
    if not named:
        raise PlacementError(
            f"pool {wanted!r} does not exist",
            remedy=f"choose one of: {', '.join(pool.name for pool in pools)}",
        )
    offers = [_with_image(_offer(pool, resources), image, architectures) for pool in pools]
    possible = [offer.pool for offer in offers if offer.pool in named and not offer.lacking]
    if possible:
        # Accelerators stay free for jobs that need them.
        return min(possible, key=lambda pool: pool.accelerator != ("gpu" if resources.gpus else "none"))
    raise _refusal(offers, resources, wanted)


def granted_resources(pool: ComputePool, resources: Resources) -> Resources:
    """Return the resources that a job gets in a pool that can run it: at least those that it requests.

    On Fargate, they are the smallest size of a task that has them. With Neuron devices, they are the vCPUs of the whole
    instance: a job gets all its devices, and a second job on it would have none.
    """
    if pool.launch_type == "fargate":
        size = smallest_size(resources.vcpus, resources.memory)
        return resources if size is None else resources.model_copy(update=size._asdict())
    if pool.accelerator == "neuron":
        fitting = (
            kind.vcpus
            for kind in instance_types(pool.instance_types)
            if kind.vcpus >= resources.vcpus and kind.memory >= resources.memory
        )
        return resources.model_copy(update={"vcpus": next(fitting, resources.vcpus)})
    return resources


class _Offer(NamedTuple):
    """The largest resources of a pool for a job, the missing resources, and their distance to the request."""

    pool: ComputePool
    most: Resources
    lacking: tuple[str, ...]
    distance: float


@lru_cache(maxsize=256)
def _offer(pool: ComputePool, resources: Resources) -> _Offer:
    if pool.launch_type == "fargate":
        return _offer_of_fargate(pool, resources)
    types = instance_types(pool.instance_types)
    if not types:  # newer than the table of instance types
        return _Offer(pool, resources, *_shortfall(resources, _bounded(pool, resources)))
    offers = [
        _bounded(pool, Resources(vcpus=kind.vcpus, memory=kind.memory, gpus=kind.gpus, nodes=resources.nodes))
        for kind in types
    ]
    most = min(offers, key=lambda offer: _shortfall(resources, offer)[1])
    return _Offer(pool, most, *_shortfall(resources, most))


def _offer_of_fargate(pool: ComputePool, resources: Resources) -> _Offer:
    size = smallest_size(resources.vcpus, resources.memory)
    if size is not None and size.vcpus <= pool.maximum_vcpus:
        most = Resources(vcpus=size.vcpus, memory=size.memory)
        return _Offer(pool, most, *_shortfall(resources, most))
    largest = largest_size(pool.maximum_vcpus)
    most = Resources(vcpus=largest.vcpus, memory=largest.memory)
    return _Offer(pool, most, *_shortfall(resources, most))


def _with_image(offer: _Offer, image: str, architectures: tuple[Architecture, ...]) -> _Offer:
    """Return an offer that also lacks the image, if the pool does not run it."""
    pool = offer.pool
    runs = (
        any(image == definition.image for definition in pool.job_definitions)
        if pool.job_definitions
        else pool.architecture in architectures
    )
    if runs:
        return offer
    lacking = f"image {image!r} for {pool.architecture} (it is built for {' and '.join(architectures)})"
    return offer._replace(lacking=(*offer.lacking, lacking), distance=offer.distance + 10)


def _bounded(pool: ComputePool, of_instance: Resources) -> Resources:
    nodes = min(of_instance.nodes, pool.nodes)
    vcpus = min(of_instance.vcpus, max(1, pool.maximum_vcpus // nodes))
    return of_instance.model_copy(update={"vcpus": vcpus, "nodes": nodes})


def _shortfall(asked: Resources, offered: Resources) -> tuple[tuple[str, ...], float]:
    """Return the missing resources, and the logarithm of the missing factor."""
    words = {"vcpus": "vCPUs", "memory": "MiB of memory", "gpus": "GPUs", "nodes": "nodes"}
    lacking, distance = [], 0.0
    for name, unit in words.items():
        wanted, most = getattr(asked, name), getattr(offered, name)
        if wanted > most:
            lacking.append(f"{most or 'no'} {unit} of {wanted}")
            # A missing resource is further away than a resource that is too small.
            distance += math.log(wanted / most) if most else math.log(wanted) + 10
    return tuple(lacking), distance


def _refusal(offers: Sequence[_Offer], resources: Resources, wanted: str | None) -> PlacementError:
    elsewhere = [offer.pool.name for offer in offers if not offer.lacking]
    nearest = min(offers, key=lambda offer: offer.distance)
    reasons = "\n".join(
        f"  {offer.pool.name}: {', '.join(offer.lacking) or 'can run it'}" for offer in offers
    )
    where = f"pool {wanted!r} cannot" if wanted else "no pool can"
    if elsewhere:
        remedy = f"submit it to pool {elsewhere[0]!r}, which can run it"
    else:
        remedy = (
            f"the nearest is pool {nearest.pool.name!r}: it can run {nearest.most}; request that, "
            "or give a pool larger instance types or more vCPUs in the environment's TOML"
        )
    return PlacementError(f"{where} run this job ({resources}); available pools:\n{reasons}", remedy=remedy)
