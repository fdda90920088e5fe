"""Run search: conditions over runs as Python expressions or text, and use cases similar to a given one.

Service: higher services, the lab and faces may import it.

from terrarium.search import metric, param, tag

good = (metric("roc_auc") > 0.9) & ((param("model") == "forest") | ~tag("broken"))
lab.experiments.search(good, order_by=metric("roc_auc").descending(), limit=10)
"""

from terrarium.search._fields import (
    branch,
    commit,
    dataset,
    ended,
    entry_point,
    experiment,
    metric,
    name,
    param,
    run_id,
    started,
    status,
    tag,
    use_case,
    user,
)
from terrarium.search._parser import parse_condition, parse_order
from terrarium.search.condition import Condition, Field, Order

__all__ = [
    "Condition",
    "Field",
    "Order",
    "branch",
    "commit",
    "dataset",
    "ended",
    "entry_point",
    "experiment",
    "metric",
    "name",
    "param",
    "parse_condition",
    "parse_order",
    "run_id",
    "started",
    "status",
    "tag",
    "use_case",
    "user",
]
