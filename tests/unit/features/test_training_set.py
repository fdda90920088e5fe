"""Training sets from Iceberg tables: reading, pinning, naming, errors."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from terrarium.features import Entity, Feature, FeatureView, on_demand
from terrarium.features.definition.registered_view import RegisteredView
from terrarium.features.errors import (
    EntityRowsError,
    FeatureDataError,
    FeatureDefinitionError,
    FeatureNotFoundError,
)
from terrarium.features.feature_request import parse_request
from terrarium.features.offline.batch_size import MEMORY_LIMIT
from terrarium.features.offline.write_rows import write_rows
from terrarium.features.training.build_training_set import build_training_set
from terrarium.features.training.local_engine import join_locally
from terrarium.features.training.training_set import TrainingSet
from tests.unit.features.examples import CUSTOMER, at, usage
from tests.unit.features.local_warehouse import LocalWarehouse


@on_demand(dtype="double", request={"price": "double"})
def cost(minutes: pl.Series, price: pl.Series) -> pl.Series:
    """Return the cost of the minutes."""
    return minutes * price


_BILLING = FeatureView(
    name="billing",
    source="telco.billing",
    entities=(CUSTOMER,),
    features=(Feature(name="balance", dtype="double"), Feature(name="plan", dtype="string")),
    owner="finance",
    ttl=timedelta(hours=2),
)
_VIEWS = {"usage": usage(on_demand=(cost,)), "billing": _BILLING}


@pytest.fixture(autouse=True)
def _written(warehouse: LocalWarehouse) -> None:
    write_rows(warehouse, _VIEWS["usage"], [_usage(1, 1, 10.0), _usage(2, 2, 20.0)])
    write_rows(warehouse, _VIEWS["usage"], [_usage(1, 3, 30.0)])
    balance = {"customer_id": 1, "event_time": at(1), "balance": 5.0, "plan": "b"}
    write_rows(warehouse, _BILLING, [balance])


def test_adds_features_of_several_views_to_the_entity_rows(warehouse: LocalWarehouse) -> None:
    """In the order asked for, each as of the row's time; what else the rows hold stays."""
    rows = [_event(1, 2, label=True), _event(2, 1, label=False), _event(1, 4, label=True)]
    made = _made(warehouse, rows, ["billing:balance", "usage:minutes"])
    assert made.table.column_names == ["customer_id", "event_time", "label", "balance", "minutes"]
    assert made.table["balance"].to_pylist() == [5.0, None, None]
    assert made.table["minutes"].to_pylist() == [10.0, None, 30.0]
    assert made.table["label"].to_pylist() == [True, False, True]


def test_a_pinned_training_set_stays_the_same_byte_for_byte(warehouse: LocalWarehouse) -> None:
    """Also after rows were appended that would have changed it, and columns."""
    rows = [_event(1, 2), _event(2, 4)]
    before = _made(warehouse, rows, ["usage:minutes", "usage:plan"])
    grown = usage(features=(*_VIEWS["usage"].features, Feature(name="calls", dtype="long")))
    write_rows(warehouse, grown, [_usage(1, 1.5, 99.0) | {"calls": 3}])
    after = _made(warehouse, rows, ["usage:minutes", "usage:plan"], snapshots=before.snapshots)
    assert _bytes(after.table) == _bytes(before.table)
    assert after.digest == before.digest
    now = _made(warehouse, rows, ["usage:minutes", "usage:plan"])
    assert now.table["minutes"].to_pylist() == [99.0, 20.0]
    assert now.digest != before.digest


def test_a_column_that_is_newer_than_the_snapshot_is_null(warehouse: LocalWarehouse) -> None:
    first = _made(warehouse, [_event(1, 9)], ["usage:minutes"])
    grown = usage(features=(*_VIEWS["usage"].features, Feature(name="calls", dtype="long")))
    write_rows(warehouse, grown, [_usage(1, 5, 1.0) | {"calls": 3}])
    views = {"usage": grown}
    calls = _made(warehouse, [_event(1, 4), _event(1, 9)], ["usage:calls"], views=views)
    assert calls.table["calls"].to_pylist() == [None, 3]
    pinned = _made(warehouse, [_event(1, 9)], ["usage:calls"], views=views, snapshots=first.snapshots)
    assert pinned.table["calls"].to_pylist() == [None]


def test_finds_a_renamed_column_in_older_files(warehouse: LocalWarehouse) -> None:
    """Files are read directly, and Iceberg's column ids obeyed."""
    table = warehouse.catalog.load_table((warehouse.database, "telco__usage"))
    with table.update_schema() as update:
        update.rename_column("minutes", "duration")
    view = usage(features=(Feature(name="duration", dtype="double"),))
    made = _made(warehouse, [_event(1, 2)], ["usage:duration"], views={"usage": view})
    assert made.table["duration"].to_pylist() == [10.0]


def test_deleted_rows_are_not_found(warehouse: LocalWarehouse) -> None:
    warehouse.catalog.load_table((warehouse.database, "telco__usage")).delete("minutes == 30.0")
    assert _made(warehouse, [_event(1, 4)], ["usage:minutes"]).table["minutes"].to_pylist() == [10.0]


def test_batches_of_any_size_give_the_same(warehouse: LocalWarehouse) -> None:
    """The memory limit decides how much is joined at a time, never what comes out."""
    many = [_usage(customer, hour / 8, float(hour)) for customer in range(50) for hour in range(600)]
    write_rows(warehouse, _VIEWS["usage"], many)
    rows = [_event(customer, hour + 0.3) for customer in range(60) for hour in range(0, 80, 7)]
    whole = _made(warehouse, rows, ["usage:*"], price=1.0)
    parts = _made(warehouse, rows, ["usage:*"], price=1.0, memory_limit=1)
    assert parts.table == whole.table
    assert parts.digest == whole.digest


def test_computes_on_demand_features_from_features_and_entity_rows(
    warehouse: LocalWarehouse,
) -> None:
    """Without what they are computed of becoming a column."""
    rows = [_event(1, 2) | {"price": 0.5}, _event(3, 2) | {"price": 0.5}]
    made = _made(warehouse, rows, ["usage:cost"])
    assert made.table.column_names == ["customer_id", "event_time", "price", "cost"]
    assert made.table["cost"].to_pylist() == [5.0, None]


def test_refuses_entity_rows_without_fields_of_an_on_demand_feature(warehouse: LocalWarehouse) -> None:
    with pytest.raises(EntityRowsError, match="'price'"):
        _made(warehouse, [_event(1, 2)], ["usage:cost"])


def test_time_zones_do_not_change_the_result(warehouse: LocalWarehouse) -> None:
    tokyo = at(2).astimezone(ZoneInfo("Asia/Tokyo"))
    for data in (
        pd.DataFrame({"customer_id": [1], "event_time": [pd.Timestamp(tokyo)]}),
        pl.DataFrame({"customer_id": [1], "event_time": [at(2)]}),
        pa.table({"customer_id": [1], "event_time": pa.array([tokyo], pa.timestamp("ns", "Asia/Tokyo"))}),
    ):
        assert _made(warehouse, data, ["usage:minutes"]).table["minutes"].to_pylist() == [10.0]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"customer_id": 1, "event_time": datetime(2026, 1, 1)}, "must be a timestamp with a time zone"),
        ({"customer_id": 1, "event_time": None}, "must be a timestamp with a time zone"),
        ({"customer_id": 1}, "no column 'event_time'"),
        ({"event_time": datetime(2026, 1, 1, tzinfo=UTC)}, "no column 'customer_id'"),
        ({"customer_id": "1", "event_time": datetime(2026, 1, 1, tzinfo=UTC)}, "is not long"),
        ({"customer_id": 1.5, "event_time": datetime(2026, 1, 1, tzinfo=UTC)}, "is not long"),
        (
            {"customer_id": 1, "event_time": datetime(2026, 1, 1, tzinfo=UTC), "minutes": 1},
            "already have columns minutes",
        ),
    ],
)
def test_refuses_entity_rows_that_cannot_be_matched(
    warehouse: LocalWarehouse, row: dict[str, Any], problem: str
) -> None:
    with pytest.raises(EntityRowsError, match=problem):
        _made(warehouse, [row], ["usage:minutes"])


def test_refuses_features_of_one_name_without_full_names(warehouse: LocalWarehouse) -> None:
    both = ["usage:plan", "billing:plan"]
    with pytest.raises(FeatureDefinitionError, match="would both become column 'plan'"):
        _made(warehouse, [_event(1, 2)], both)
    made = _made(warehouse, [_event(1, 2)], both, full_names=True)
    assert made.table.column_names[2:] == ["usage__plan", "billing__plan"]


@pytest.mark.parametrize("reference", ["usage", "usage:nothing", "Usage:minutes", "usage:minutes "])
def test_the_error_names_a_missing_feature(warehouse: LocalWarehouse, reference: str) -> None:
    with pytest.raises(FeatureNotFoundError, match=reference.partition(":")[0]):
        _made(warehouse, [_event(1, 2)], [reference])


def test_refuses_a_source_that_differs_from_its_view(warehouse: LocalWarehouse) -> None:
    """Rather than read as nulls."""
    misspelt = usage(features=(Feature(name="minuets", dtype="double"),))
    with pytest.raises(FeatureDataError, match="has no column 'minuets'"):
        _made(warehouse, [_event(1, 2)], ["usage:minuets"], views={"usage": misspelt})
    wrong = usage(features=(Feature(name="minutes", dtype="string"),))
    with pytest.raises(FeatureDataError, match="'minutes' as double, which is not string"):
        _made(warehouse, [_event(1, 2)], ["usage:minutes"], views={"usage": wrong})


def test_splits_contain_the_table_and_every_source(warehouse: LocalWarehouse) -> None:
    made = _made(warehouse, [_event(1, 2)], ["usage:minutes", "billing:balance"])
    whole, *sources = made.splits("train").parts
    assert (whole.name, whole.rows, whole.digest) == ("train", 1, made.digest)
    assert [(part.dataset, part.snapshot_id) for part in sources] == [
        ("telco.usage", made.snapshots["usage@1"]),
        ("telco.billing", made.snapshots["billing@1"]),
    ]


def test_the_digest_does_not_depend_on_the_memory_layout(warehouse: LocalWarehouse) -> None:
    made = _made(warehouse, [_event(1, 2), _event(3, 2), _event(1, 4)], ["usage:*"], price=1.0)
    halves = pa.concat_tables([made.table.slice(0, 1), made.table.slice(1)])
    assert TrainingSet(halves, made.views).digest == made.digest
    assert TrainingSet(made.table.slice(1), made.views).digest != made.digest


def test_entities_of_text_match_as_text(warehouse: LocalWarehouse) -> None:
    shop = Entity(name="shop", key="shop", dtype="string")
    view = FeatureView(
        name="sales",
        source="sales",
        entities=(shop,),
        features=(Feature(name="sum", dtype="long"),),
        owner="x",
    )
    write_rows(warehouse, view, [{"shop": "ä", "event_time": at(1), "sum": 2**62}])
    rows = [{"shop": name, "event_time": at(1)} for name in ("a", "ä")]
    made = _made(warehouse, rows, ["sales:sum"], views={"sales": view})
    assert made.table["sum"].to_pylist() == [None, 2**62]


def _usage(customer: int, hour: float, minutes: float) -> dict[str, Any]:
    return {"customer_id": customer, "event_time": at(hour), "minutes": minutes, "plan": "a"}


def _event(customer: int, hour: float, **more: object) -> dict[str, Any]:
    return {"customer_id": customer, "event_time": at(hour), **more}


def _made(
    warehouse: LocalWarehouse,
    rows: Any,
    features: list[str],
    *,
    views: dict[str, FeatureView] = _VIEWS,
    full_names: bool = False,
    price: float | None = None,
    snapshots: Mapping[str, int | None] | None = None,
    memory_limit: int = MEMORY_LIMIT,
) -> TrainingSet:
    def find(name: str, version: int | None) -> RegisteredView:
        return RegisteredView(view=views[name], version=version or 1, revision=1, applied_at=at(0))

    if price is not None:
        rows = [row | {"price": price} for row in rows]
    request = parse_request(features, find, full_names=full_names)
    join = partial(join_locally, memory_limit=memory_limit)
    return build_training_set(
        warehouse,
        rows,
        request,
        event_time="event_time",
        join=join,
        snapshots=snapshots,
    )


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())
