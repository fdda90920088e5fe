"""Online features: materialization to DynamoDB, and reads."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

import terrarium
from terrarium.features import Feature, on_demand
from terrarium.features.errors import EntityRowsError, FeatureDataError
from tests.support.online_features import (
    hours_ago,
    items_of,
    minutes_row,
    minutes_view,
    online_minutes,
)

pytest_plugins = ["tests.support.sdk_environment"]


@on_demand(dtype="double", request={"price": "double"})
def cost(minutes: pl.Series, price: pl.Series) -> pl.Series:
    """Return the cost of the minutes."""
    return minutes * price


def test_reads_every_type_as_it_was_written(lab: terrarium.Lab) -> None:
    """NaN is a value, null is none; times are in UTC."""
    dtypes = {
        "flag": "boolean",
        "small": "int",
        "large": "long",
        "single": "float",
        "real": "double",
        "text": "string",
        "seen": "timestamptz",
        "numbers": "list<double>",
        "words": "list<string>",
        "days": "list<timestamptz>",
    }
    features = tuple(Feature(name=name, dtype=dtype) for name, dtype in dtypes.items())
    lab.features.apply(minutes_view("online_types", features=features))
    moment = datetime(1969, 7, 20, 20, 17, 40, 123456, tzinfo=UTC)
    first = {
        "flag": False,
        "small": -(2**31),
        "large": 2**63 - 1,
        "single": 0.25,
        "real": 0.1 + 0.2,
        "text": 'ä"\\\n',
        "seen": moment,
        "numbers": [1.5, None, math.inf],
        "words": [],
        "days": [moment, None],
    }
    lab.features.write(
        "online_types",
        [
            {"customer_id": 1, "event_time": hours_ago(1), **first},
            {"customer_id": 2, "event_time": hours_ago(1), **dict.fromkeys(dtypes), "real": math.nan},
        ],
    )
    lab.features.materialize("online_types")
    read = lab.features.online([{"customer_id": 1}, {"customer_id": 2}], ["online_types:*"])
    one, two = read.to_dicts()
    assert one == first
    assert math.isnan(two.pop("real"))
    assert set(two.values()) == {None}
    assert read.to_arrow().schema.field("days").type.value_type.tz == "UTC"


def test_one_request_reads_fifty_entities_of_two_views(lab: terrarium.Lab) -> None:
    """More are read by the hundred; nobody is asked for twice."""
    for name in ("online_first", "online_second"):
        lab.features.apply(minutes_view(name))
        lab.features.write(name, [minutes_row(customer, 1, float(customer)) for customer in range(60)])
        lab.features.materialize(name)
    both = ["online_first:minutes", "online_second:minutes"]
    asked: list[int] = []
    client = lab.session.client("dynamodb")
    client.meta.events.register(
        "before-parameter-build.dynamodb.BatchGetItem",
        lambda params, **_: asked.append(
            sum(len(table["Keys"]) for table in params["RequestItems"].values())
        ),
        unique_id="counting",
    )
    try:
        fifty = lab.features.online([{"customer_id": n} for n in range(50)], both, full_names=True)
        assert asked == [100]
        sixty = lab.features.online(
            [{"customer_id": n} for n in [*range(60), *range(60)]], both, full_names=True
        )
        assert sorted(asked[1:]) == [20, 100]
    finally:
        client.meta.events.unregister("before-parameter-build.dynamodb.BatchGetItem", unique_id="counting")
    assert fifty.columns["online_first__minutes"] == [float(n) for n in range(50)]
    assert sixty.columns["online_second__minutes"] == [float(n) for n in [*range(60), *range(60)]]


def test_retries_unprocessed_keys(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_partly"))
    lab.features.write("online_partly", [minutes_row(customer, 1, float(customer)) for customer in range(4)])
    lab.features.materialize("online_partly")
    client = lab.session.client("dynamodb")
    answers = []

    def leave_half(parsed: dict[str, Any], **_: object) -> None:
        answers.append(parsed)
        if len(answers) > 1:
            return
        ((table, items),) = parsed["Responses"].items()
        left = [
            {"entity": {"S": f"online_customer={n}"}, "feature_view": {"S": "online_partly@1"}}
            for n in (0, 1)
        ]
        parsed["Responses"][table] = [
            item for item in items if '=0"' not in str(item) and '=1"' not in str(item)
        ]
        parsed["UnprocessedKeys"] = {table: {"Keys": left, "ProjectionExpression": "features"}}

    client.meta.events.register("after-call.dynamodb.BatchGetItem", leave_half, unique_id="leaving")
    try:
        read = lab.features.online([{"customer_id": n} for n in range(4)], ["online_partly:minutes"])
    finally:
        client.meta.events.unregister("after-call.dynamodb.BatchGetItem", unique_id="leaving")
    assert read.columns["minutes"] == [0.0, 1.0, 2.0, 3.0]
    assert len(answers) == 2


def test_unknown_entities_and_null_keys_are_none(lab: terrarium.Lab) -> None:
    """Unknown entities, null keys, a view that was never materialized, no entities at all."""
    lab.features.apply(minutes_view("online_unknown"))
    read = lab.features.online([{"customer_id": 404}, {"customer_id": None}], ["online_unknown:minutes"])
    assert read.to_dicts() == [{"minutes": None}, {"minutes": None}]
    assert lab.features.online([], ["online_unknown:minutes"]).to_dicts() == []
    with pytest.raises(EntityRowsError, match="'1' is not long"):
        lab.features.online([{"customer_id": "1"}], ["online_unknown:minutes"])


def test_a_row_whose_ttl_has_ended_is_none_while_its_item_exists(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_ended", ttl=timedelta(days=2)))
    lab.features.write("online_ended", [minutes_row(1, 1, 1.0), minutes_row(2, 72, 2.0)])
    lab.features.materialize("online_ended", until=hours_ago(60))
    lab.features.materialize("online_ended")
    assert len(items_of(lab, "online_ended@1")) == 2
    read = lab.features.online([{"customer_id": 1}, {"customer_id": 2}], ["online_ended:minutes"])
    assert read.columns["minutes"] == [1.0, None]
    ends = {int(item["expires_at"]["N"]) for item in items_of(lab, "online_ended@1")}
    assert max(ends) == math.ceil((hours_ago(1) + timedelta(days=2)).timestamp())


def test_notes_that_all_rows_have_outlived_the_ttl(lab: terrarium.Lab) -> None:
    view = "online_outlived"
    lab.features.apply(minutes_view(view, ttl=timedelta(hours=1)))
    lab.features.write(view, [minutes_row(1, 48, 1.0), minutes_row(2, 24, 2.0)])
    done = lab.features.materialize(view)
    assert (done.entities, done.written) == (0, 0)
    assert done.note is not None
    assert "the view's ttl is 1:00:00" in done.note
    with pytest.raises(FeatureDataError, match="no rows that hold"):
        lab.features.skew([f"{view}:minutes"])
    lab.features.write(view, [minutes_row(1, 0.1, 3.0)])
    assert lab.features.materialize(view).note is None
    online = lab.features.online([{"customer_id": 1}], [f"{view}:minutes"])
    assert online.to_dicts(entities=True) == [{"customer_id": 1, "minutes": 3.0}]
    assert online.to_dicts() == [{"minutes": 3.0}]


def test_processes_only_new_rows_and_late_ones(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_new"))
    lab.features.write("online_new", [minutes_row(customer, 10, 1.0) for customer in range(5)])
    first = lab.features.materialize("online_new", until=hours_ago(5))
    assert (first.entities, first.written) == (5, 5)
    again = lab.features.materialize("online_new", until=hours_ago(5))
    assert (again.entities, again.written) == (0, 0)
    # One is newer, one late and older than what is online, one not yet to be seen.
    lab.features.write(
        "online_new", [minutes_row(0, 8, 2.0), minutes_row(1, 20, 3.0), minutes_row(2, 1, 4.0)]
    )
    more = lab.features.materialize("online_new", until=hours_ago(5))
    assert (more.entities, more.written) == (2, 1)
    assert online_minutes(lab, "online_new", 3) == [2.0, 1.0, 1.0]
    now = lab.features.materialize("online_new")
    assert (now.entities, now.written) == (1, 1)
    assert online_minutes(lab, "online_new", 3) == [2.0, 1.0, 4.0]


def test_a_newer_row_is_never_overwritten_by_an_older_one(lab: terrarium.Lab) -> None:
    """Not even where an older state is materialized in full afterwards."""
    lab.features.apply(minutes_view("online_newer"))
    lab.features.write("online_newer", [minutes_row(1, 10, 1.0), minutes_row(1, 5, 2.0)])
    lab.features.materialize("online_newer")
    lab.features.materialize("online_newer", until=hours_ago(7), full=True)
    assert online_minutes(lab, "online_newer", 2)[1] == 2.0


def test_ties_are_decided_as_offline_in_any_order(lab: terrarium.Lab) -> None:
    """Of rows with one event time, the last created; of those, the greatest."""
    created = {"created_time": "created_at"}
    lab.features.apply(minutes_view("online_tied", **created))
    tied = [
        minutes_row(1, 9, 1.0) | {"created_at": hours_ago(1)},
        minutes_row(1, 9, 3.0) | {"created_at": hours_ago(2)},
        minutes_row(1, 9, 2.0) | {"created_at": hours_ago(1)},
    ]
    for row in tied:
        lab.features.write("online_tied", [row])
        lab.features.materialize("online_tied")
    offline = lab.features.training_set(
        [{"customer_id": 1, "event_time": hours_ago(0)}], ["online_tied:minutes"]
    )
    assert online_minutes(lab, "online_tied", 2)[1] == offline.table["minutes"][0].as_py() == 2.0


def test_a_new_version_is_online_beside_the_old_one(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_versions"))
    lab.features.write("online_versions", [minutes_row(1, 5, 1.0)])
    lab.features.materialize("online_versions")
    lab.features.apply(minutes_view("online_versions", ttl=timedelta(days=9)))
    assert _read(lab, "online_versions@1:minutes") == 1.0
    assert _read(lab, "online_versions:minutes") is None
    lab.features.materialize("online_versions")
    assert _read(lab, "online_versions@2:minutes") == 1.0


def test_on_demand_features_are_the_same_function_online_and_offline(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_demand", on_demand=(cost,)))
    lab.features.write("online_demand", [minutes_row(1, 5, 10.0)])
    lab.features.materialize("online_demand")
    rows = [{"customer_id": 1, "price": 0.5}, {"customer_id": 2, "price": 0.5}]
    read = lab.features.online(rows, ["online_demand:cost"])
    timed = [{**row, "event_time": hours_ago(0)} for row in rows]
    offline = lab.features.training_set(timed, ["online_demand:cost"])
    assert read.columns["cost"] == offline.table["cost"].to_pylist() == [5.0, None]


def test_freshness_distinguishes_offline_and_online(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_fresh"))
    (before,) = lab.features.freshness("online_fresh")
    assert (before.newest_offline, before.newest_online) == (None, None)
    lab.features.write("online_fresh", [minutes_row(1, 5, 1.0)])
    lab.features.materialize("online_fresh")
    lab.features.write("online_fresh", [minutes_row(1, 2, 1.0)])
    (fresh,) = lab.features.freshness("online_fresh@1")
    assert (fresh.newest_offline, fresh.newest_online) == (hours_ago(2), hours_ago(5))
    assert fresh.online_age is not None
    assert fresh.offline_age is not None
    assert fresh.online_age - fresh.offline_age == timedelta(hours=3)


def test_skew_shows_differences_until_materialization(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_skewed"))
    lab.features.write("online_skewed", [minutes_row(n, 5, float(n)) for n in range(50)])
    lab.features.materialize("online_skewed")
    assert not lab.features.skew(["online_skewed:minutes"]).different
    lab.features.write(
        "online_skewed", [minutes_row(n, 2, n + 100.0) for n in range(20)] + [minutes_row(99, 2, 1.0)]
    )
    (minutes,) = lab.features.skew(["online_skewed:minutes"]).features
    assert (minutes.entities, minutes.different, minutes.missing_online) == (51, 21, 1)
    assert minutes.stability is not None
    assert minutes.stability > 0.25


def test_refuses_a_time_without_a_zone(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_zoneless"))
    lab.features.write("online_zoneless", [minutes_row(1, 5, 1.0)])
    with pytest.raises(FeatureDataError, match="no time zone"):
        lab.features.materialize("online_zoneless", until=datetime(2026, 1, 1))


def _read(lab: terrarium.Lab, reference: str) -> Any:
    lab = terrarium.connect(lab.environment)  # a process that sees the latest version
    return lab.features.online([{"customer_id": 1}], [reference]).columns["minutes"][0]
