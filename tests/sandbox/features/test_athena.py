"""Training sets by Athena equal those of the local engine."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import terrarium
from terrarium.features import Entity, Feature, FeatureView

pytest_plugins = ["tests.support.sdk_environment"]

_CUSTOMER = Entity(name="athena_customer", key="customer_id")
_SHOP = Entity(name="athena_shop", key="shop", dtype="string")


@pytest.fixture
def views(lab: terrarium.Lab) -> terrarium.Lab:
    """Two views with ties, duplicates, late rows, nulls and NaN in their rows."""
    usage = FeatureView(
        name="athena_usage",
        source="athena.usage",
        entities=(_CUSTOMER, _SHOP),
        features=(Feature(name="minutes", dtype="double"), Feature(name="plan", dtype="string")),
        owner="growth",
        created_time="created_at",
        ttl=timedelta(hours=3),
    )
    days = FeatureView(
        name="athena_days",
        source="athena.days",
        entities=(_CUSTOMER,),
        features=(
            Feature(name="days", dtype="list<long>"),
            Feature(name="seen", dtype="timestamptz"),
            Feature(name="flag", dtype="boolean"),
        ),
        owner="growth",
    )
    if any(change.change == "new" for change in lab.features.apply(usage, days)):
        lab.features.write("athena_usage", [_usage(*row) for row in _ROWS])
        lab.features.write("athena_usage", [_usage(1, "a", 1, 0, 9.0, "late"), _usage(*_ROWS[0])])
        row = {"customer_id": 1, "event_time": _at(1), "days": [1, 2], "seen": _at(0), "flag": True}
        lab.features.write("athena_days", [row])
    return lab


_ROWS = [
    (1, "a", 2, 5, 1.0, "x"),
    (1, "a", 2, 6, 0.5, "y"),  # created later
    (1, "b", 2, 5, None, None),
    (1, "b", 2, 5, math.nan, None),  # NaN is the greatest
    (2, "a", 2, 5, 4.0, "b"),
    (2, "a", 2, 5, 4.0, "c"),  # the greatest by the second feature
    (2, "a", 6, 5, None, "d"),
]


@pytest.mark.parametrize(
    "features",
    [
        ["athena_usage:minutes", "athena_usage:plan"],
        ["athena_usage:plan"],
        ["athena_days:*", "athena_usage:minutes"],
    ],
)
def test_both_engines_return_the_same_values(views: terrarium.Lab, features: list[str]) -> None:
    keys = [(1, "a"), (1, "b"), (2, "a"), (None, "a"), (1, None), (3, "z")]
    rows = [
        {"customer_id": customer, "shop": shop, "event_time": _at(hour), "label": number}
        for number, (customer, shop, hour) in enumerate(
            (*key, hour) for key in keys for hour in (0, 2, 4, 5, 6, 20)
        )
    ]
    here = views.features.training_set(rows, features)
    there = views.features.training_set(rows, features, engine="athena", snapshots=here.snapshots)
    assert repr(there.table.to_pylist()) == repr(here.table.to_pylist())
    assert there.digest == here.digest


def test_athena_reads_the_pinned_snapshot(views: terrarium.Lab) -> None:
    rows = [{"customer_id": 7, "shop": "a", "event_time": _at(5)}]
    views.features.write("athena_usage", [_usage(7, "a", 3, 3, 1.0, "first")])
    pinned = views.features.training_set(rows, ["athena_usage:plan"])
    views.features.write("athena_usage", [_usage(7, "a", 4, 4, 1.0, "second")])
    then = views.features.training_set(
        rows, ["athena_usage:plan"], engine="athena", snapshots=pinned.snapshots
    )
    assert then.table["plan"].to_pylist() == ["first"]


def test_drops_the_temporary_tables(views: terrarium.Lab) -> None:
    rows = [{"customer_id": 1, "event_time": _at(5)}]
    views.features.training_set(rows, ["athena_days:flag"], engine="athena")
    tables = views.warehouse.catalog.list_tables(views.warehouse.database)
    assert not [name for _, name in tables if name.startswith("training_")]


def _usage(
    customer: int, shop: str, hour: int, created: int, minutes: float | None, plan: str | None
) -> dict[str, Any]:
    times = {"event_time": _at(hour), "created_at": _at(created)}
    return {"customer_id": customer, "shop": shop, **times, "minutes": minutes, "plan": plan}


def _at(hour: int) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC)
