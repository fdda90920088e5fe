"""Estimate of the monthly cost of a stack, per module."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from modules.resource_type import Cost
from operations.cost.rates import FREE, RATES, load_prices, load_usage
from operations.synthesized import Resource
from terrarium.errors import Error

__all__ = ["Estimate", "estimate"]


class Estimate(NamedTuple):
    """The monthly cost of a module in USD: deployed and unused, and used by a team of five."""

    module: str
    idle: float
    typical: float


def estimate(
    resources: Iterable[Resource],
    *,
    declared: Mapping[str, Cost] = MappingProxyType({}),
    types: Collection[str] = (),
) -> list[Estimate]:
    """Return the monthly cost of each module of a stack, sorted by idle cost, highest first.

    Args:
        resources: The resources of the stack.
        declared: The costs that extensions add to those of their resources, by module.
        types: The Terraform types whose cost extensions declare.

    Raises:
        Error: The type of a resource has no rate and is not known to be free.
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
        elif resource.kind not in FREE and resource.kind not in types:
            raise Error(
                f"{resource.kind} ({resource.path}) has no rate",
                remedy="add the type to RATES in operations/cost/rates.py, or to FREE there; an extension declares it "
                "in `resource_types` and prices it in `cost`",
            )
    for module, cost in declared.items():
        for kind_of_use, usd in cost._asdict().items():
            costs[module][kind_of_use] += usd
    estimates = [Estimate(module, cost["idle"], cost["typical"]) for module, cost in costs.items()]
    return sorted(estimates, key=lambda found: (-found.idle, -found.typical, found.module))


def _with_cluster(resource: Resource, clusters: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    reference = str(resource.attributes.get("cluster_identifier", "")).strip("${}").removesuffix(".id")
    if reference not in clusters:
        return resource.attributes
    return {**resource.attributes, "cluster": clusters[reference]}
