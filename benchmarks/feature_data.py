"""Generated feature views: the same rows as Parquet files and as Iceberg tables."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from terrarium.features import Entity, Feature, FeatureView
from terrarium.features.offline.write_rows import write_rows
from tests.unit.features.local_warehouse import LocalWarehouse

__all__ = ["ENTITY_ROWS", "VIEWS", "Shape", "features_in", "generate", "view"]

VIEWS = 3
ENTITY_ROWS = 200_000
_START = 1_700_000_000_000_000  # us
_SPAN = 100 * 86_400 * 1_000_000  # us
_COLUMNS = ("customer_id", "event_time", "created_at")


@dataclass(frozen=True)
class Shape:
    """Sizes of the views.

    Attributes:
        rows: Number of rows.
        rows_per_customer: Average number of rows per customer.
        features: Number of features.
    """

    rows: int
    rows_per_customer: int
    features: int = 1

    def __str__(self) -> str:
        return (
            f"{ENTITY_ROWS:,} rows as of {VIEWS} views of {self.rows:,} rows, {self.rows_per_customer} of each "
            f"customer, {self.features} feature{'s' if self.features > 1 else ''} each"
        )


def generate(folder: Path, shape: Shape) -> None:
    """Write `entities.parquet`, the view files and `warehouse`; 1 % of the customers have no rows."""
    generator = np.random.default_rng(7)
    customers = shape.rows // shape.rows_per_customer
    warehouse = LocalWarehouse(folder / "warehouse")
    entities = {
        "customer_id": generator.integers(0, customers * 101 // 100, ENTITY_ROWS),
        "event_time": _times(generator, ENTITY_ROWS),
    }
    pq.write_table(pa.table(entities), folder / "entities.parquet")
    for number in range(VIEWS):
        times = _times(generator, shape.rows)
        values = {f"f{number}_{n}": generator.random(shape.rows) for n in range(shape.features)}
        columns = (generator.integers(0, customers, shape.rows), times, times)
        table = pa.table(dict(zip(_COLUMNS, columns, strict=True)) | values)
        write_rows(warehouse, view(number, tuple(values)), table)
        pq.write_table(table, folder / f"view{number}.parquet", row_group_size=262_144)


def features_in(folder: Path, number: int) -> tuple[str, ...]:
    """Return the features of a generated view."""
    names = pq.read_schema(folder / f"view{number}.parquet").names
    return tuple(name for name in names if name not in _COLUMNS)


def view(number: int, features: tuple[str, ...]) -> FeatureView:
    """Return one of the views."""
    return FeatureView(
        name=f"view{number}",
        source=f"view{number}",
        entities=(Entity(name="customer", key="customer_id"),),
        features=tuple(Feature(name=name, dtype="double") for name in features),
        owner="bench",
        created_time="created_at",
        ttl=timedelta(days=365),
    )


def _times(generator: np.random.Generator, rows: int) -> pa.Array:
    return pa.array(_START + generator.integers(0, _SPAN, rows)).cast(pa.timestamp("us", "UTC"))
