"""Point-in-time correctness: the join compared with a row-by-row lookup."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terrarium.features import Entity, Feature, FeatureView
from terrarium.features.offline.table import view_schema
from terrarium.features.training.as_of_index import AsOfIndex
from terrarium.features.training.as_of_join import as_of_join
from tests.unit.features.examples import CUSTOMER, at, usage
from tests.unit.features.oracle import as_of

# Few keys and times, so that rows meet; nulls and NaN among values.
_HOURS = st.integers(0, 6).map(at)
_VALUES = st.sampled_from([None, float("nan"), -1.0, 0.0, 1.5, float("inf")])
_USAGE_ROW = st.fixed_dictionaries(
    {
        "customer_id": st.integers(1, 3),
        "event_time": _HOURS,
        "created_at": st.none() | _HOURS,
        "minutes": _VALUES,
        "plan": st.sampled_from([None, "", "a", "b"]),
        "visits": st.sampled_from([None, [], [1], [1, 2], [2]]),
    }
)
_ENTITY_ROW = st.fixed_dictionaries({"customer_id": st.none() | st.integers(1, 4), "_time": _HOURS})
_TTL = st.none() | st.integers(1, 4).map(lambda hours: timedelta(hours=hours))
_VIEW = usage(
    features=(
        Feature(name="minutes", dtype="double"),
        Feature(name="plan", dtype="string"),
        Feature(name="visits", dtype="list<long>"),
    )
)


# Nothing here depends on how busy the machine is, nor on what is drawn today.
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    batches=st.lists(st.lists(_USAGE_ROW, max_size=12), max_size=4),
    entities=st.lists(_ENTITY_ROW, max_size=8),
    ttl=_TTL,
    columns=st.sampled_from([("minutes",), ("plan",), ("visits", "minutes"), ("minutes", "plan", "visits")]),
)
def test_every_row_gets_what_was_known_at_its_time(
    batches: list[list[dict[str, Any]]],
    entities: list[dict[str, Any]],
    ttl: timedelta | None,
    columns: tuple[str, ...],
) -> None:
    """However the view's rows are spread over batches, whichever features are asked for, rows in order."""
    view = _VIEW.model_copy(update={"ttl": ttl})
    joined = _joined(view, batches, entities, columns)
    rows = [row for batch in batches for row in batch]
    expected = [as_of(view, rows, entity, entity["_time"]) for entity in entities]
    assert [{name: repr(row[name]) for name in columns} for row in joined] == [
        {name: repr(row[name]) for name in columns} for row in expected
    ]


def test_a_value_of_the_same_time_counts_and_a_later_one_does_not() -> None:
    rows = [_row(1, at(1), 1.0), _row(1, at(1) + timedelta(microseconds=1), 2.0)]
    assert _minutes(usage(), rows, [(1, at(1))]) == [1.0]


def test_a_value_holds_to_the_end_of_its_ttl_and_no_longer() -> None:
    view = usage(ttl=timedelta(hours=2))
    late = at(3) + timedelta(microseconds=1)
    assert _minutes(view, [_row(1, at(1), 1.0)], [(1, at(3)), (1, late)]) == [1.0, None]


def test_a_null_that_is_newer_hides_an_older_value() -> None:
    """A row holds as a whole: features are not mixed from several rows."""
    assert _minutes(usage(), [_row(1, at(1), 1.0), _row(1, at(2), None)], [(1, at(3))]) == [None]


def test_of_two_rows_with_one_event_time_the_one_written_last_counts() -> None:
    rows = [_row(1, at(1), 9.0, created=at(5)), _row(1, at(1), 1.0, created=at(6)), _row(1, at(1), 99.0)]
    assert _minutes(usage(), rows, [(1, at(2))]) == [1.0]


def test_ties_do_not_depend_on_order_and_requested_features() -> None:
    """The greatest by all features in the order declared, so that any selection comes from one row."""
    rows = [_row(1, at(1), 1.0) | {"plan": "z"}, _row(1, at(1), 2.0) | {"plan": "a"}]
    for order in (rows, rows[::-1]):
        for columns in (("plan",), ("minutes", "plan")):
            (found,) = _joined(usage(), [order], [{"customer_id": 1, "_time": at(2)}], columns)
            assert found["plan"] == "a"


def test_late_data_is_found_by_its_event_time() -> None:
    """An older row in a later batch does not hide a newer one."""
    batches = [[_row(1, at(3), 3.0)], [_row(1, at(1), 1.0)]]
    joined = _joined(
        usage(), batches, [{"customer_id": 1, "_time": at(2)}, {"customer_id": 1, "_time": at(4)}]
    )
    assert [row["minutes"] for row in joined] == [1.0, 3.0]


def test_no_row_is_dropped_or_moved() -> None:
    """Unknown keys, null keys and repeated rows all stay where they are."""
    rows = [_row(1, at(1), 1.0)]
    asked = [(7, at(9)), (1, at(2)), (None, at(2)), (1, at(0)), (1, at(2))]
    assert _minutes(usage(), rows, asked) == [None, 1.0, None, None, 1.0]


def test_keys_of_several_entities_match_together_and_a_null_in_one_matches_nothing() -> None:
    shop = Entity(name="shop", key="shop", dtype="string")
    view = usage(entities=(CUSTOMER, shop))
    rows = [_row(1, at(1), 1.0) | {"shop": "a"}, _row(1, at(1), 2.0) | {"shop": "b"}]
    entities = [{"customer_id": 1, "shop": shop, "_time": at(2)} for shop in ("b", "a", "c", None)]
    assert [row["minutes"] for row in _joined(view, [rows], entities)] == [2.0, 1.0, None, None]


@pytest.mark.parametrize("batches", [[], [[]]])
def test_an_empty_view_gives_nulls(batches: list[list[dict[str, Any]]]) -> None:
    (found,) = _joined(usage(), batches, [{"customer_id": 1, "_time": at(2)}])
    assert found["minutes"] is None


def test_a_large_view_is_joined_as_polars_joins_it() -> None:
    """Of 300 keys, with many entity rows each, and some in the view that nobody asks for."""
    generator = np.random.default_rng(7)
    view = usage(features=(Feature(name="minutes", dtype="double"),), created_time=None)
    times = pa.timestamp("us", "UTC")
    rows = pa.table(
        {
            "customer_id": generator.integers(0, 330, 200_000),
            "event_time": pa.array(generator.permutation(400_000)[:200_000]).cast(times),
            "minutes": generator.random(200_000),
        }
    )
    asked = pa.table(
        {
            "customer_id": generator.integers(0, 300, 20_000),
            "_time": pa.array(generator.integers(-1000, 400_000, 20_000)).cast(times),
        }
    )
    index = AsOfIndex(asked.select(["customer_id"]), asked["_time"])
    joined = as_of_join(index, view, ["minutes"], lambda names: iter([rows.select(names)]))
    expected = (
        pl.DataFrame(asked)
        .with_row_index()
        .sort("_time")
        .join_asof(
            pl.DataFrame(rows).sort("event_time"),
            left_on="_time",
            right_on="event_time",
            by="customer_id",
            check_sortedness=False,
        )
        .sort("index")
    )
    assert joined["minutes"].to_pylist() == expected["minutes"].to_list()


def _row(
    customer: int, time: datetime, minutes: float | None, created: datetime | None = None
) -> dict[str, Any]:
    return {
        "customer_id": customer,
        "event_time": time,
        "created_at": created,
        "minutes": minutes,
        "plan": "a",
    }


def _minutes(
    view: FeatureView, rows: list[dict[str, Any]], asked: Sequence[tuple[int | None, datetime]]
) -> list[Any]:
    entities = [{"customer_id": customer, "_time": time} for customer, time in asked]
    return [row["minutes"] for row in _joined(view, [rows], entities)]


def _joined(
    view: FeatureView,
    batches: list[list[dict[str, Any]]],
    entities: list[dict[str, Any]],
    columns: tuple[str, ...] = ("minutes",),
) -> list[dict[str, Any]]:
    schema = pa.schema([pa.field(field.name, field.type) for field in view_schema(view)])

    def read(names: Sequence[str]) -> Iterator[pa.Table]:
        for batch in batches:
            yield pa.Table.from_pylist(batch, schema=schema).select(names)

    keys = [field for field in schema if field.name in view.keys]
    rows = pa.Table.from_pylist(
        entities, schema=pa.schema([*keys, pa.field("_time", schema.field("event_time").type)])
    )
    index = AsOfIndex(rows.select(view.keys), rows["_time"])
    found: list[dict[str, Any]] = as_of_join(index, view, columns, read).to_pylist()
    return found
