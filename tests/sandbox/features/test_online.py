"""Online features: materialization to DynamoDB, and reads."""

import math
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import polars as pl
import pytest

import terrarium
from terrarium.features import Entity, Feature, FeatureView, on_demand
from terrarium.features.errors import EntityRowsError, FeatureDataError
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

_CUSTOMER = Entity(name="online_customer", key="customer_id")
_MINUTES = Feature(name="minutes", dtype="double")


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
    lab.features.apply(_view("online_types", features=features))
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
            {"customer_id": 1, "event_time": _ago(1), **first},
            {"customer_id": 2, "event_time": _ago(1), **dict.fromkeys(dtypes), "real": math.nan},
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
        lab.features.apply(_view(name))
        lab.features.write(name, [_row(customer, 1, float(customer)) for customer in range(60)])
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
    lab.features.apply(_view("online_partly"))
    lab.features.write("online_partly", [_row(customer, 1, float(customer)) for customer in range(4)])
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
    lab.features.apply(_view("online_unknown"))
    read = lab.features.online([{"customer_id": 404}, {"customer_id": None}], ["online_unknown:minutes"])
    assert read.to_dicts() == [{"minutes": None}, {"minutes": None}]
    assert lab.features.online([], ["online_unknown:minutes"]).to_dicts() == []
    with pytest.raises(EntityRowsError, match="'1' is not long"):
        lab.features.online([{"customer_id": "1"}], ["online_unknown:minutes"])


def test_a_row_whose_ttl_has_ended_is_none_while_its_item_exists(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_ended", ttl=timedelta(days=2)))
    lab.features.write("online_ended", [_row(1, 1, 1.0), _row(2, 72, 2.0)])
    lab.features.materialize("online_ended", until=_ago(60))
    lab.features.materialize("online_ended")
    assert len(_items(lab, "online_ended@1")) == 2
    read = lab.features.online([{"customer_id": 1}, {"customer_id": 2}], ["online_ended:minutes"])
    assert read.columns["minutes"] == [1.0, None]
    ends = {int(item["expires_at"]["N"]) for item in _items(lab, "online_ended@1")}
    assert max(ends) == math.ceil((_ago(1) + timedelta(days=2)).timestamp())


def test_notes_that_all_rows_have_outlived_the_ttl(lab: terrarium.Lab) -> None:
    view = "online_outlived"
    lab.features.apply(_view(view, ttl=timedelta(hours=1)))
    lab.features.write(view, [_row(1, 48, 1.0), _row(2, 24, 2.0)])
    done = lab.features.materialize(view)
    assert (done.entities, done.written) == (0, 0)
    assert done.note is not None
    assert "the view's ttl is 1:00:00" in done.note
    with pytest.raises(FeatureDataError, match="no rows that hold"):
        lab.features.skew([f"{view}:minutes"])
    lab.features.write(view, [_row(1, 0.1, 3.0)])
    assert lab.features.materialize(view).note is None
    online = lab.features.online([{"customer_id": 1}], [f"{view}:minutes"])
    assert online.to_dicts(entities=True) == [{"customer_id": 1, "minutes": 3.0}]
    assert online.to_dicts() == [{"minutes": 3.0}]


def test_processes_only_new_rows_and_late_ones(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_new"))
    lab.features.write("online_new", [_row(customer, 10, 1.0) for customer in range(5)])
    first = lab.features.materialize("online_new", until=_ago(5))
    assert (first.entities, first.written) == (5, 5)
    again = lab.features.materialize("online_new", until=_ago(5))
    assert (again.entities, again.written) == (0, 0)
    # One is newer, one late and older than what is online, one not yet to be seen.
    lab.features.write("online_new", [_row(0, 8, 2.0), _row(1, 20, 3.0), _row(2, 1, 4.0)])
    more = lab.features.materialize("online_new", until=_ago(5))
    assert (more.entities, more.written) == (2, 1)
    assert _minutes(lab, "online_new", 3) == [2.0, 1.0, 1.0]
    now = lab.features.materialize("online_new")
    assert (now.entities, now.written) == (1, 1)
    assert _minutes(lab, "online_new", 3) == [2.0, 1.0, 4.0]


def test_a_newer_row_is_never_overwritten_by_an_older_one(lab: terrarium.Lab) -> None:
    """Not even where an older state is materialized in full afterwards."""
    lab.features.apply(_view("online_newer"))
    lab.features.write("online_newer", [_row(1, 10, 1.0), _row(1, 5, 2.0)])
    lab.features.materialize("online_newer")
    lab.features.materialize("online_newer", until=_ago(7), full=True)
    assert _minutes(lab, "online_newer", 2)[1] == 2.0


def test_ties_are_decided_as_offline_in_any_order(lab: terrarium.Lab) -> None:
    """Of rows with one event time, the last created; of those, the greatest."""
    created = {"created_time": "created_at"}
    lab.features.apply(_view("online_tied", **created))
    tied = [
        _row(1, 9, 1.0) | {"created_at": _ago(1)},
        _row(1, 9, 3.0) | {"created_at": _ago(2)},
        _row(1, 9, 2.0) | {"created_at": _ago(1)},
    ]
    for row in tied:
        lab.features.write("online_tied", [row])
        lab.features.materialize("online_tied")
    offline = lab.features.training_set([{"customer_id": 1, "event_time": _ago(0)}], ["online_tied:minutes"])
    assert _minutes(lab, "online_tied", 2)[1] == offline.table["minutes"][0].as_py() == 2.0


def test_a_new_version_is_online_beside_the_old_one(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_versions"))
    lab.features.write("online_versions", [_row(1, 5, 1.0)])
    lab.features.materialize("online_versions")
    lab.features.apply(_view("online_versions", ttl=timedelta(days=9)))
    assert _read(lab, "online_versions@1:minutes") == 1.0
    assert _read(lab, "online_versions:minutes") is None
    lab.features.materialize("online_versions")
    assert _read(lab, "online_versions@2:minutes") == 1.0


def test_on_demand_features_are_the_same_function_online_and_offline(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_demand", on_demand=(cost,)))
    lab.features.write("online_demand", [_row(1, 5, 10.0)])
    lab.features.materialize("online_demand")
    rows = [{"customer_id": 1, "price": 0.5}, {"customer_id": 2, "price": 0.5}]
    read = lab.features.online(rows, ["online_demand:cost"])
    timed = [{**row, "event_time": _ago(0)} for row in rows]
    offline = lab.features.training_set(timed, ["online_demand:cost"])
    assert read.columns["cost"] == offline.table["cost"].to_pylist() == [5.0, None]


def test_a_killed_materialization_resumes_to_the_same_items(lab: terrarium.Lab, account: Account) -> None:
    """Killed wherever it is, again and again, then left to end."""
    lab.features.apply(_view("online_killed"))
    lab.features.write(
        "online_killed", [_row(n, 1 + n % 7 + k, n + k / 10) for n in range(1_000) for k in range(3)]
    )
    until = _ago(0)
    code = (
        "import sys, terrarium; from datetime import datetime; print('begun', flush=True);"
        "terrarium.connect('sdk').features.materialize('online_killed', until=datetime.fromisoformat(sys.argv[1]))"
    )
    pauses = random.Random(7)
    kills = 0
    for pause in (pauses.uniform(0.3, 4) for _ in range(4)):
        command = [sys.executable, "-c", code, until.isoformat()]
        process = subprocess.Popen(command, env=account.environ(), stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        process.stdout.close()
    lab.features.materialize("online_killed", until=until)
    assert kills, "it was never interrupted"
    items = _items(lab, "online_killed@1")
    assert len(items) == 1_000
    assert {item["entity"]["S"] for item in items} == {f"online_customer={n}" for n in range(1_000)}
    rows = [{"customer_id": n} for n in range(1_000)]
    assert lab.features.online(rows, ["online_killed:minutes"]).columns["minutes"] == [
        float(n) for n in range(1_000)
    ]
    (fresh,) = lab.features.freshness("online_killed")
    assert (fresh.in_progress, fresh.online_until) == (False, until)


def test_an_interrupted_materialization_resumes(lab: terrarium.Lab) -> None:
    """Rows marked as written are not read again; newer rows are."""
    lab.features.apply(_view("online_resumed"))
    lab.features.write("online_resumed", [_row(n, 5, float(n)) for n in range(700)])
    client = lab.session.client("dynamodb")
    puts = iter(range(600))

    def fail(**_: object) -> None:
        if next(puts, None) is None:
            raise ConnectionError("the network is gone")

    client.meta.events.register("before-call.dynamodb.PutItem", fail, unique_id="failing")
    try:
        with pytest.raises(ConnectionError):
            lab.features.materialize("online_resumed", until=_ago(1))
    finally:
        client.meta.events.unregister("before-call.dynamodb.PutItem", unique_id="failing")
    (interrupted,) = lab.features.freshness("online_resumed")
    assert interrupted.in_progress
    lab.features.write("online_resumed", [_row(0, 2, -1.0)])
    resumed = lab.features.materialize("online_resumed", until=_ago(1))
    assert resumed.entities == 200 + 1  # of 700, the 500 that were marked are done
    assert _minutes(lab, "online_resumed", 3) == [-1.0, 1.0, 2.0]
    assert len(_items(lab, "online_resumed@1")) == 700


_LARGE = [0.1 + 0.2] * 40_000  # 800 KB as JSON
_NUMBERS = Feature(name="numbers", dtype="list<double>")


def test_refuses_to_write_a_row_that_is_too_large(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_refused", features=(_NUMBERS,)))
    rows = [_numbers(1, 1, [1.0]), _numbers(2, 1, _LARGE)]
    with pytest.raises(FeatureDataError, match=r"(?s)1 rows .* about online_customer=2 has .* bytes online"):
        lab.features.write("online_refused", rows)


def test_skips_a_row_that_is_too_large(lab: terrarium.Lab) -> None:
    """It is named; a later row of its entity that is small comes online like any other."""
    source = [_numbers(1, 9, [1.0]), _numbers(2, 9, _LARGE), _numbers(3, 9, [3.0])]
    lab.datasets.create("online.skipping", pl.DataFrame(source))
    lab.features.apply(_view("online_skipping", features=(_NUMBERS,)))
    done = lab.features.materialize("online_skipping", until=_ago(8))
    assert (done.entities, done.written, done.skipped) == (3, 2, 1)
    (skipped,) = done.skipped_rows
    assert (skipped.keys, skipped.event_time) == ({"customer_id": "2"}, _ago(9))
    assert "bytes online; DynamoDB takes 409,600" in skipped.problem
    assert _online_numbers(lab, "online_skipping", 3) == [[1.0], None, [3.0]]
    assert not lab.features.freshness("online_skipping")[0].in_progress
    lab.features.write("online_skipping", [_numbers(2, 7, [2.0]), _numbers(4, 7, [4.0])])
    after = lab.features.materialize("online_skipping", until=_ago(6))
    assert (after.written, after.skipped) == (2, 0)
    assert _online_numbers(lab, "online_skipping", 4) == [[1.0], [2.0], [3.0], [4.0]]


def test_skips_a_row_that_only_dynamodb_refuses(lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's table refuses it, as that of AWS does."""
    monkeypatch.setattr("terrarium.features.online.item.LARGEST_ITEM", 10**9)
    source = [_numbers(1, 9, [1.0]), _numbers(2, 9, _LARGE)]
    lab.datasets.create("online.unforeseen", pl.DataFrame(source))
    lab.features.apply(_view("online_unforeseen", features=(_NUMBERS,)))
    done = lab.features.materialize("online_unforeseen")
    assert (done.written, done.skipped) == (1, 1)
    assert "size" in done.skipped_rows[0].problem


def test_full_materialization_processes_all_rows_after_an_interruption(lab: terrarium.Lab) -> None:
    """`full` takes the place of a target that was begun, and cannot be finished."""
    lab.features.apply(_view("online_stuck"))
    lab.features.write("online_stuck", [_row(1, 9, 1.0)])
    with lab.metadata.writer.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO features.materializations (view, target_snapshot_id, target_until, target_full, written)"
            " VALUES ('online_stuck@1', NULL, %s, false, 0)",
            (_ago(20),),
        )
    assert lab.features.freshness("online_stuck")[0].in_progress
    done = lab.features.materialize("online_stuck", full=True)
    assert (done.entities, done.written) == (1, 1)
    assert not lab.features.freshness("online_stuck")[0].in_progress


def test_freshness_distinguishes_offline_and_online(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_fresh"))
    (before,) = lab.features.freshness("online_fresh")
    assert (before.newest_offline, before.newest_online) == (None, None)
    lab.features.write("online_fresh", [_row(1, 5, 1.0)])
    lab.features.materialize("online_fresh")
    lab.features.write("online_fresh", [_row(1, 2, 1.0)])
    (fresh,) = lab.features.freshness("online_fresh@1")
    assert (fresh.newest_offline, fresh.newest_online) == (_ago(2), _ago(5))
    assert fresh.online_age is not None
    assert fresh.offline_age is not None
    assert fresh.online_age - fresh.offline_age == timedelta(hours=3)


def test_skew_shows_differences_until_materialization(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_skewed"))
    lab.features.write("online_skewed", [_row(n, 5, float(n)) for n in range(50)])
    lab.features.materialize("online_skewed")
    assert not lab.features.skew(["online_skewed:minutes"]).different
    lab.features.write("online_skewed", [_row(n, 2, n + 100.0) for n in range(20)] + [_row(99, 2, 1.0)])
    (minutes,) = lab.features.skew(["online_skewed:minutes"]).features
    assert (minutes.entities, minutes.different, minutes.missing_online) == (51, 21, 1)
    assert minutes.stability is not None
    assert minutes.stability > 0.25


def test_refuses_a_time_without_a_zone(lab: terrarium.Lab) -> None:
    lab.features.apply(_view("online_zoneless"))
    lab.features.write("online_zoneless", [_row(1, 5, 1.0)])
    with pytest.raises(FeatureDataError, match="no time zone"):
        lab.features.materialize("online_zoneless", until=datetime(2026, 1, 1))


def _numbers(customer: int, hours: float, numbers: list[float]) -> dict[str, Any]:
    return {"customer_id": customer, "event_time": _ago(hours), "numbers": numbers}


def _online_numbers(lab: terrarium.Lab, view: str, customers: int) -> list[Any]:
    read = lab.features.online([{"customer_id": n + 1} for n in range(customers)], [f"{view}:numbers"])
    return list(read.columns["numbers"])


_NOW = datetime.now(UTC)


def _ago(hours: float) -> datetime:
    return _NOW - timedelta(hours=hours)


def _view(name: str, **changes: Any) -> FeatureView:
    view: dict[str, Any] = {
        "name": name,
        "source": name.replace("_", "."),
        "entities": (_CUSTOMER,),
        "features": (_MINUTES,),
        "owner": "growth",
    }
    return FeatureView.model_validate(view | changes)


def _row(customer: int, hours_ago: float, minutes: float) -> dict[str, Any]:
    return {"customer_id": customer, "event_time": _ago(hours_ago), "minutes": minutes}


def _minutes(lab: terrarium.Lab, view: str, customers: int) -> list[Any]:
    read = lab.features.online([{"customer_id": n} for n in range(customers)], [f"{view}:minutes"])
    return list(read.columns["minutes"])


def _read(lab: terrarium.Lab, reference: str) -> Any:
    lab = terrarium.connect(lab.environment)  # a process that sees the latest version
    return lab.features.online([{"customer_id": 1}], [reference]).columns["minutes"][0]


def _items(lab: terrarium.Lab, view: str) -> list[dict[str, Any]]:
    def found() -> Iterator[dict[str, Any]]:
        pages = boto3.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=lab.manifest.features.online_table, ConsistentRead=True):
            yield from page["Items"]

    return [item for item in found() if item["feature_view"]["S"] == view]
