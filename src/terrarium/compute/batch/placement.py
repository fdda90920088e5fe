"""Which pool a job goes to; known before anything is submitted, without asking anybody."""

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
    """The first pool that has what a job needs; none with GPUs, unless it needs some.

    Args:
        pools: The environment's.
        resources: What the job needs.
        wanted: The name of the pool it shall go to; omitted, any.

    Raises:
        PlacementError: No pool has it, or the wanted one has not; the error names the nearest.
    """
    named = [pool for pool in pools if wanted in (None, pool.name)]
    if not named:
        raise PlacementError(
            f"there is no pool {wanted!r}", remedy=f"pools are: {', '.join(pool.name for pool in pools)}"
        )
    offers = [_offer(pool, resources) for pool in pools]
    possible = [offer.pool for offer in offers if offer.pool in named and not offer.lacking]
    if possible:
        # GPUs are for those who need them.
        return min(possible, key=lambda pool: pool.accelerator == "gpu" and not resources.gpus)
    raise _refusal(offers, resources, wanted)


class _Offer(NamedTuple):
    """The most that a pool has for such a job; what it lacks, in words; and how far off that is."""

    pool: ComputePool
    most: Resources
    lacking: tuple[str, ...]
    distance: float


@lru_cache(maxsize=256)
def _offer(pool: ComputePool, resources: Resources) -> _Offer:
    types = instance_types(pool.instance_types)
    if not types:  # newer than our table
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
    """What is lacking, in words, and by which factor, as a logarithm."""
    words = {"vcpus": "vCPUs", "memory": "MiB of memory", "gpus": "GPUs", "nodes": "nodes"}
    lacking, distance = [], 0.0
    for name, unit in words.items():
        wanted, most = getattr(asked, name), getattr(offered, name)
        if wanted > most:
            lacking.append(f"{most or 'no'} {unit} of {wanted}")
            # Having none of something is further off than having too little of it.
            distance += math.log(wanted / most) if most else math.log(wanted) + 10
    return tuple(lacking), distance


def _refusal(offers: Sequence[_Offer], resources: Resources, wanted: str | None) -> PlacementError:
    elsewhere = [offer.pool.name for offer in offers if not offer.lacking]
    nearest = min(offers, key=lambda offer: offer.distance)
    reasons = "\n".join(f"  {offer.pool.name}: {', '.join(offer.lacking) or 'would do'}" for offer in offers)
    where = f"pool {wanted!r} has not" if wanted else "no pool has"
    if elsewhere:
        remedy = f"submit it to pool {elsewhere[0]!r}, which would do"
    else:
        remedy = (
            f"the nearest is pool {nearest.pool.name!r}: it would do for {nearest.most}; ask for that, "
            "or let the environment's TOML give a pool larger instance types or more vCPUs"
        )
    return PlacementError(f"{where} what the job asks for ({resources}); there is\n{reasons}", remedy=remedy)
