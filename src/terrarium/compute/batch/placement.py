"""Choice of the pool for a job, from the manifest and a table of instance types, without a call to AWS."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from terrarium.compute.errors import PlacementError
from terrarium.compute.resources import Resources
from terrarium.instance_types import instance_types
from terrarium.manifest import ComputePool

__all__ = ["choose_pool"]


def choose_pool(pools: Sequence[ComputePool], resources: Resources, *, wanted: str | None) -> ComputePool:
    """Return the first pool that can run a job. Pools without GPUs come first, unless the job needs GPUs.

    Args:
        pools: The pools of the environment.
        resources: The resources that the job requests.
        wanted: The name of the requested pool; None for any.

    Raises:
        PlacementError: No pool, or not the requested one, can run the job; the error names the nearest pool.
    """
    named = [pool for pool in pools if wanted in (None, pool.name)]
    if not named:
        raise PlacementError(
            f"pool {wanted!r} does not exist",
            remedy=f"choose one of: {', '.join(pool.name for pool in pools)}",
        )
    offers = [_offer(pool, resources) for pool in pools]
    possible = [offer.pool for offer in offers if offer.pool in named and not offer.lacking]
    if possible:
        # GPUs stay free for jobs that need them.
        return min(possible, key=lambda pool: pool.accelerator == "gpu" and not resources.gpus)
    raise _refusal(offers, resources, wanted)


class _Offer(NamedTuple):
    """The largest resources of a pool for a job, the missing resources, and their distance to the request."""

    pool: ComputePool
    most: Resources
    lacking: tuple[str, ...]
    distance: float


@lru_cache(maxsize=256)
def _offer(pool: ComputePool, resources: Resources) -> _Offer:
    types = instance_types(pool.instance_types)
    if not types:  # newer than the table of instance types
        return _Offer(pool, resources, *_shortfall(resources, _bounded(pool, resources)))
    offers = [
        _bounded(pool, Resources(vcpus=kind.vcpus, memory=kind.memory, gpus=kind.gpus, nodes=resources.nodes))
        for kind in types
    ]
    most = min(offers, key=lambda offer: _shortfall(resources, offer)[1])
    return _Offer(pool, most, *_shortfall(resources, most))


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
