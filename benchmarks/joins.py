"""Joins of `benchmarks.features` outside of Feast. Each runs in its own process, for its peak of memory."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.feature_data import VIEWS, features_in, view
from benchmarks.resource_use import ResourceUse

__all__: list[str] = []


def main(contender: str, folder: str, *arguments: str) -> None:
    """Join `entities.parquet` of a folder with its views; print the resource use as JSON."""
    contenders: dict[str, Callable[..., dict[str, float]]] = {
        "terrarium": _terrarium,
        "polars": _polars,
        "duckdb": _duckdb,
    }
    print(json.dumps(contenders[contender](Path(folder), *arguments)))


def _terrarium(folder: Path, limit: str, out: str) -> dict[str, float]:
    from functools import partial

    import pandas as pd
    import polars  # noqa: F401 - Feast's engines are imported before its time is taken, too
    import pyiceberg.io.pyarrow  # noqa: F401

    from terrarium.features.definition.registered_view import RegisteredView
    from terrarium.features.feature_request import parse_request
    from terrarium.features.training.build_training_set import build_training_set
    from terrarium.features.training.local_engine import join_locally
    from tests.unit.features.local_warehouse import LocalWarehouse

    entities = pd.read_parquet(folder / "entities.parquet")
    warehouse = LocalWarehouse(folder / "warehouse")
    features = {number: features_in(folder, number) for number in range(VIEWS)}

    def find(name: str, _: int | None) -> RegisteredView:
        number = int(name[-1])
        return RegisteredView(
            view=view(number, features[number]),
            version=1,
            revision=1,
            applied_at=entities["event_time"].max().to_pydatetime(),
        )

    use = ResourceUse()
    asked = [f"view{number}:{name}" for number, names in features.items() for name in names]
    request = parse_request(asked, find)
    join = partial(join_locally, memory_limit=int(limit))
    frame = build_training_set(warehouse, entities, request, event_time="event_time", join=join).to_pandas()
    result = use.measure()
    frame.to_parquet(out)
    return result


def _polars(folder: Path, out: str) -> dict[str, float]:
    """Join with Polars: read, sort, join."""
    import polars as pl

    entities = pl.read_parquet(folder / "entities.parquet")
    features = {number: features_in(folder, number) for number in range(VIEWS)}
    use = ResourceUse()
    joined = entities.with_row_index("row").sort("event_time")
    for number, names in features.items():
        scanned = pl.scan_parquet(folder / f"view{number}.parquet")
        right = scanned.select("customer_id", "event_time", *names).sort("event_time")
        joined = (
            joined.lazy()
            .join_asof(right, on="event_time", by="customer_id", tolerance="365d", check_sortedness=False)
            .collect()
        )
    joined = joined.sort("row").drop("row")
    result = use.measure()
    joined.write_parquet(out)
    return result


def _duckdb(folder: Path, out: str) -> dict[str, float]:
    import duckdb

    connection = duckdb.connect()
    views = " ".join(
        f"ASOF LEFT JOIN '{folder}/view{n}.parquet' view{n} ON e.customer_id = view{n}.customer_id"
        f" AND e.event_time >= view{n}.event_time"
        for n in range(VIEWS)
    )
    columns = ", ".join(f"view{n}.{name}" for n in range(VIEWS) for name in features_in(folder, n))
    entities = f"(SELECT row_number() OVER () AS place, * FROM '{folder}/entities.parquet')"
    use = ResourceUse()
    connection.execute(
        f"CREATE TABLE joined AS SELECT e.*, {columns} FROM {entities} e {views} ORDER BY e.place"
    )
    result = use.measure()
    connection.execute(
        f"COPY (SELECT * EXCLUDE (place) FROM joined ORDER BY place) TO '{out}' (FORMAT parquet)"
    )
    return result


if __name__ == "__main__":
    main(*sys.argv[1:])
