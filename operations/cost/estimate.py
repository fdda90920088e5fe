"""A month's cost of a stack, per module."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from operations.cost.rates import FREE, RATES, load_prices, load_usage
from operations.synthesized import Resource
from terrarium.errors import Error

__all__ = ["Estimate", "estimate"]


class Estimate(NamedTuple):
    """USD a month of one module: deployed while nobody works, and used by a team of five."""

    module: str
    idle: float
    typical: float


def estimate(resources: Iterable[Resource]) -> list[Estimate]:
    """What the modules of a stack cost in a month; those that cost something when idle first, the dearest first.

    Raises:
        Error: A resource's type is neither priced nor known to be free.
    """
    _, prices = load_prices()
    usage = load_usage()
    resources = list(resources)
    clusters = {
        resource.address: resource.attributes for resource in resources if resource.kind == "aws_rds_cluster"
    }
    costs: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(usage, 0.0))
    for resource in resources:
        if resource.kind in RATES:
            for kind_of_use, used in usage.items():
                attributes = _with_cluster(resource, clusters)
                costs[resource.module][kind_of_use] += RATES[resource.kind](attributes, prices, used)
        elif resource.kind not in FREE:
            raise Error(
                f"nobody has said what {resource.kind} ({resource.path}) costs",
                remedy="give it a rate in operations/cost/rates.py, or count it among what is free there",
            )
    estimates = [Estimate(module, cost["idle"], cost["typical"]) for module, cost in costs.items()]
    return sorted(estimates, key=lambda found: (-found.idle, -found.typical, found.module))


def _with_cluster(resource: Resource, clusters: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    reference = str(resource.attributes.get("cluster_identifier", "")).strip("${}").removesuffix(".id")
    if reference not in clusters:
        return resource.attributes
    return {**resource.attributes, "cluster": clusters[reference]}
