"""Conversion of values to feature types: of written rows, requests and on-demand results."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from terrarium.features import Feature, on_demand
from terrarium.features.entity_rows import EntityRows
from terrarium.features.errors import EntityRowsError, FeatureDataError, TransformationError
from terrarium.features.offline.write_rows import write_rows
from terrarium.tabular.arrow_table import arrow_table
from tests.unit.features.examples import at, usage
from tests.unit.features.local_warehouse import LocalWarehouse

_VIEW = usage(
    features=(
        Feature(name="minutes", dtype="double"),
        Feature(name="seen", dtype="timestamptz"),
        Feature(name="seen_often", dtype="list<timestamptz>"),
        Feature(name="active", dtype="boolean"),
        Feature(name="calls", dtype="long"),
        Feature(name="plan", dtype="string"),
    )
)
# 1 January 2026 in seconds, milliseconds, and as other things that are no moment.
_NO_MOMENTS = [1767225600, 1767225600000, 1767225600.5, True, date(2026, 1, 1), time(1), datetime(2026, 1, 1)]


def _row(**values: Any) -> dict[str, Any]:
    return {
        "customer_id": 1,
        "event_time": at(1),
        "created_at": at(1),
        "minutes": 1.0,
        "seen": at(0),
        "seen_often": [at(0)],
        "active": True,
        "calls": 1,
        "plan": "a",
    } | values


@pytest.mark.parametrize("column", ["event_time", "created_at", "seen", "seen_often"])
@pytest.mark.parametrize("value", [*_NO_MOMENTS, timedelta(1), "2026-01-01 00:00:00"], ids=repr)
def test_refuses_values_that_are_not_times(warehouse: LocalWarehouse, column: str, value: object) -> None:
    row = _row(**{column: [value] if column == "seen_often" else value})
    with pytest.raises(FeatureDataError, match=f"column '{column}' .* zone"):
        write_rows(warehouse, _VIEW, [row])


def test_reads_text_with_a_zone_as_a_time(warehouse: LocalWarehouse) -> None:
    write_rows(warehouse, _VIEW, [_row(event_time="2026-01-01T02:00:00+02:00")])
    (stored,) = _stored(warehouse)
    assert stored["event_time"] == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "value"), [("calls", at(1)), ("minutes", at(1)), ("active", 2), ("active", 0.5), ("plan", 1)]
)
def test_refuses_values_of_another_kind(warehouse: LocalWarehouse, column: str, value: object) -> None:
    with pytest.raises(FeatureDataError, match=f"column '{column}'"):
        write_rows(warehouse, _VIEW, [_row(**{column: value})])


@pytest.mark.parametrize("value", [1, 1.0, True, np.int8(1)], ids=repr)
def test_one_is_true(warehouse: LocalWarehouse, value: object) -> None:
    write_rows(warehouse, _VIEW, [_row(active=value)])
    assert _stored(warehouse)[0]["active"] is True


def test_categories_are_text(warehouse: LocalWarehouse) -> None:
    frame = pl.DataFrame([_row()]).with_columns(pl.col("plan").cast(pl.Categorical))
    write_rows(warehouse, _VIEW, frame)
    assert _stored(warehouse)[0]["plan"] == "a"


def test_an_index_of_pandas_is_a_key(warehouse: LocalWarehouse) -> None:
    write_rows(warehouse, _VIEW, pd.DataFrame([_row()]).set_index(["customer_id", "event_time"]))
    assert _stored(warehouse)[0]["customer_id"] == 1


def test_an_index_of_pandas_is_a_column_of_entity_rows() -> None:
    rows = EntityRows(
        arrow_table(
            pd.DataFrame({"customer_id": [1]}, index=pd.Index([at(1)], name="event_time")),
            error=EntityRowsError,
        ),
        "event_time",
    )
    assert rows.times().to_pylist() == [at(1)]
    with pytest.raises(EntityRowsError, match="has no name"):
        arrow_table(pd.DataFrame({"customer_id": [1]}, index=pd.Index([at(1)])), error=EntityRowsError)


def test_columns_of_later_rows_count() -> None:
    assert arrow_table([{"a": 1}, {"a": 2, "b": "x"}], error=EntityRowsError).to_pydict() == {
        "a": [1, 2],
        "b": [None, "x"],
    }


@pytest.mark.parametrize(
    ("data", "said"),
    [([1], "row 0 is a int"), ([{"a": 1}, {"a": "x"}], "column 'a'"), (pl.Series([1]), "Series"), (7, "int")],
)
def test_refuses_data_that_is_not_a_table(data: object, said: str) -> None:
    with pytest.raises(EntityRowsError, match=said):
        arrow_table(data, error=EntityRowsError)


@pytest.mark.parametrize("value", _NO_MOMENTS, ids=repr)
def test_refuses_times_without_a_zone_in_requests(value: object) -> None:
    with pytest.raises(EntityRowsError, match=r"column 'x' .* zone"):
        EntityRows(pa.table({"x": [value]}), "").keyed({"x": "timestamptz"})


_COMPUTED: dict[str, list[object]] = {
    "timestamptz": [1767225600, datetime(2026, 1, 1), date(2026, 1, 1)],
    "long": [1.5, at(1), "x"],
    "double": [at(1), "x"],
    "boolean": [2],
    "string": [1],
}


@pytest.mark.parametrize(
    ("dtype", "value"), [(dtype, value) for dtype, values in _COMPUTED.items() for value in values], ids=repr
)
def test_refuses_results_of_another_kind_of_on_demand_features(dtype: str, value: object) -> None:
    @on_demand(dtype=dtype)
    def computed(minutes: pl.Series) -> pl.Series:
        return pl.Series([value] * len(minutes))

    with pytest.raises(TransformationError, match=f"'computed' returned .* not {dtype}"):
        computed({"minutes": pl.Series([1.0])})


@pytest.mark.parametrize(
    ("dtype", "value"),
    [("long", 2.0), ("double", 2), ("float", 0.1), ("string", None), ("timestamptz", at(1))],
)
def test_an_on_demand_feature_gets_its_type(dtype: str, value: object) -> None:
    @on_demand(dtype=dtype)
    def computed(minutes: pl.Series) -> pl.Series:
        return pl.Series([value] * len(minutes))

    series = computed({"minutes": pl.Series([1.0])})
    assert series.name == "computed"
    assert series[0] == (value if dtype != "float" else pytest.approx(value))


def _stored(warehouse: LocalWarehouse) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        warehouse.catalog.load_table((warehouse.database, "telco__usage")).scan().to_arrow().to_pylist()
    )
    return rows
