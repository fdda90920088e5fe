"""The contenders of `benchmarks.features` on this side, each in a process of its own, as peaks of memory are."""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peak_memory import peak_memory
from terrarium.features import Entity, Feature, FeatureView

if TYPE_CHECKING:
    import polars as pl

__all__ = ["VIEWS", "view"]

VIEWS = 3


def view(number: int) -> FeatureView:
    """One of the views."""
    return FeatureView(
        name=f"view{number}",
        source=f"view{number}",
        entities=(Entity(name="customer", key="customer_id"),),
        features=(Feature(name=f"f{number}", dtype="double"),),
        owner="bench",
        created_time="created_at",
        ttl=timedelta(days=365),
    )


def main(contender: str, folder: str, *arguments: str) -> None:
    """Join `entities.parquet` of a folder with its views; print seconds and peak memory, MiB, as JSON."""
    contenders: dict[str, Callable[..., float]] = {
        "terrarium": _terrarium,
        "polars": _polars,
        "duckdb": _duckdb,
    }
    seconds = contenders[contender](Path(folder), *arguments)
    print(json.dumps({"seconds": seconds, "peak": peak_memory()}))


def _terrarium(folder: Path, limit: str, out: str) -> float:
    from functools import partial

    import pandas as pd
    import polars  # noqa: F401 - Feast's engines are imported before its time is taken, too
    import pyiceberg.io.pyarrow  # noqa: F401

    from terrarium.features.definition.registered import RegisteredView
    from terrarium.features.training.building import build_training_set
    from terrarium.features.training.local_engine import join_locally
    from terrarium.features.training.reference import parse_request
    from tests.unit.features.local_warehouse import LocalWarehouse

    entities = pd.read_parquet(folder / "entities.parquet")
    warehouse = LocalWarehouse(folder / "warehouse")

    def find(name: str, _: int | None) -> RegisteredView:
        return RegisteredView(
            view=view(int(name[-1])),
            version=1,
            revision=1,
            applied_at=entities["event_time"].max().to_pydatetime(),
        )

    start = time.perf_counter()
    request = parse_request([f"view{n}:f{n}" for n in range(VIEWS)], find)
    join = partial(join_locally, memory_limit=int(limit))
    frame = build_training_set(warehouse, entities, request, event_time="event_time", join=join).to_pandas()
    seconds = time.perf_counter() - start
    frame.to_parquet(out)
    return seconds


def _polars(folder: Path, out: str) -> float:
    """The least that Polars can be asked: read, sort, join."""
    import polars as pl

    entities = pl.read_parquet(folder / "entities.parquet")
    start = time.perf_counter()
    joined = entities.with_row_index("row").sort("event_time")
    for number in range(VIEWS):
        right = _scanned(folder, number).sort("event_time")
        joined = (
            joined.lazy()
            .join_asof(right, on="event_time", by="customer_id", tolerance="365d", check_sortedness=False)
            .collect()
        )
    joined = joined.sort("row").drop("row")
    seconds = time.perf_counter() - start
    joined.write_parquet(out)
    return seconds


def _scanned(folder: Path, number: int) -> "pl.LazyFrame":
    import polars as pl

    return pl.scan_parquet(folder / f"view{number}.parquet").select("customer_id", "event_time", f"f{number}")


def _duckdb(folder: Path, out: str) -> float:
    import duckdb

    connection = duckdb.connect()
    views = " ".join(
        f"ASOF LEFT JOIN '{folder}/view{n}.parquet' view{n} ON e.customer_id = view{n}.customer_id"
        f" AND e.event_time >= view{n}.event_time"
        for n in range(VIEWS)
    )
    columns = ", ".join(f"view{n}.f{n}" for n in range(VIEWS))
    entities = f"(SELECT row_number() OVER () AS place, * FROM '{folder}/entities.parquet')"
    start = time.perf_counter()
    connection.execute(
        f"CREATE TABLE joined AS SELECT e.*, {columns} FROM {entities} e {views} ORDER BY e.place"
    )
    seconds = time.perf_counter() - start
    connection.execute(
        f"COPY (SELECT * EXCLUDE (place) FROM joined ORDER BY place) TO '{out}' (FORMAT parquet)"
    )
    return seconds


if __name__ == "__main__":
    main(*sys.argv[1:])
