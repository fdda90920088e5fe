"""Materialization of features: interruptions, full runs, and rows that are too large."""

import random
import signal
import subprocess
import sys
import time
from typing import Any

import polars as pl
import pytest

import terrarium
from terrarium.features import Feature
from terrarium.features.errors import FeatureDataError
from tests.support.online_features import hours_ago, items_of, minutes_row, minutes_view, online_minutes
from tests.support.provisioning.environment import Account

pytest_plugins = ["tests.support.sdk_environment"]

_LARGE = [0.1 + 0.2] * 40_000  # 800 KB as JSON
_NUMBERS = Feature(name="numbers", dtype="list<double>")


def test_a_killed_materialization_resumes_to_the_same_items(lab: terrarium.Lab, account: Account) -> None:
    """Killed wherever it is, again and again, then left to end."""
    lab.features.apply(minutes_view("online_killed"))
    lab.features.write(
        "online_killed", [minutes_row(n, 1 + n % 7 + k, n + k / 10) for n in range(1_000) for k in range(3)]
    )
    until = hours_ago(0)
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
    items = items_of(lab, "online_killed@1")
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
    lab.features.apply(minutes_view("online_resumed"))
    lab.features.write("online_resumed", [minutes_row(n, 5, float(n)) for n in range(700)])
    client = lab.session.client("dynamodb")
    puts = iter(range(600))

    def fail(**_: object) -> None:
        if next(puts, None) is None:
            raise ConnectionError("the network is gone")

    client.meta.events.register("before-call.dynamodb.PutItem", fail, unique_id="failing")
    try:
        with pytest.raises(ConnectionError):
            lab.features.materialize("online_resumed", until=hours_ago(1))
    finally:
        client.meta.events.unregister("before-call.dynamodb.PutItem", unique_id="failing")
    (interrupted,) = lab.features.freshness("online_resumed")
    assert interrupted.in_progress
    lab.features.write("online_resumed", [minutes_row(0, 2, -1.0)])
    resumed = lab.features.materialize("online_resumed", until=hours_ago(1))
    assert resumed.entities == 200 + 1  # of 700, the 500 that were marked are done
    assert online_minutes(lab, "online_resumed", 3) == [-1.0, 1.0, 2.0]
    assert len(items_of(lab, "online_resumed@1")) == 700


def test_refuses_to_write_a_row_that_is_too_large(lab: terrarium.Lab) -> None:
    lab.features.apply(minutes_view("online_refused", features=(_NUMBERS,)))
    rows = [_numbers(1, 1, [1.0]), _numbers(2, 1, _LARGE)]
    with pytest.raises(FeatureDataError, match=r"(?s)1 rows .* about online_customer=2 has .* bytes online"):
        lab.features.write("online_refused", rows)


def test_skips_a_row_that_is_too_large(lab: terrarium.Lab) -> None:
    """It is named; a later row of its entity that is small comes online like any other."""
    source = [_numbers(1, 9, [1.0]), _numbers(2, 9, _LARGE), _numbers(3, 9, [3.0])]
    lab.datasets.create("online.skipping", pl.DataFrame(source))
    lab.features.apply(minutes_view("online_skipping", features=(_NUMBERS,)))
    done = lab.features.materialize("online_skipping", until=hours_ago(8))
    assert (done.entities, done.written, done.skipped) == (3, 2, 1)
    (skipped,) = done.skipped_rows
    assert (skipped.keys, skipped.event_time) == ({"customer_id": "2"}, hours_ago(9))
    assert "bytes online; DynamoDB takes 409,600" in skipped.problem
    assert _online_numbers(lab, "online_skipping", 3) == [[1.0], None, [3.0]]
    assert not lab.features.freshness("online_skipping")[0].in_progress
    lab.features.write("online_skipping", [_numbers(2, 7, [2.0]), _numbers(4, 7, [4.0])])
    after = lab.features.materialize("online_skipping", until=hours_ago(6))
    assert (after.written, after.skipped) == (2, 0)
    assert _online_numbers(lab, "online_skipping", 4) == [[1.0], [2.0], [3.0], [4.0]]


def test_skips_a_row_that_only_dynamodb_refuses(lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's table refuses it, as that of AWS does."""
    monkeypatch.setattr("terrarium.features.online.item.LARGEST_ITEM", 10**9)
    source = [_numbers(1, 9, [1.0]), _numbers(2, 9, _LARGE)]
    lab.datasets.create("online.unforeseen", pl.DataFrame(source))
    lab.features.apply(minutes_view("online_unforeseen", features=(_NUMBERS,)))
    done = lab.features.materialize("online_unforeseen")
    assert (done.written, done.skipped) == (1, 1)
    assert "size" in done.skipped_rows[0].problem


def test_full_materialization_processes_all_rows_after_an_interruption(lab: terrarium.Lab) -> None:
    """`full` takes the place of a target that was begun, and cannot be finished."""
    lab.features.apply(minutes_view("online_stuck"))
    lab.features.write("online_stuck", [minutes_row(1, 9, 1.0)])
    with lab.metadata.writer.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO features.materializations (view, target_snapshot_id, target_until, target_full, written)"
            " VALUES ('online_stuck@1', NULL, %s, false, 0)",
            (hours_ago(20),),
        )
    assert lab.features.freshness("online_stuck")[0].in_progress
    done = lab.features.materialize("online_stuck", full=True)
    assert (done.entities, done.written) == (1, 1)
    assert not lab.features.freshness("online_stuck")[0].in_progress


def _numbers(customer: int, hours: float, numbers: list[float]) -> dict[str, Any]:
    return {"customer_id": customer, "event_time": hours_ago(hours), "numbers": numbers}


def _online_numbers(lab: terrarium.Lab, view: str, customers: int) -> list[Any]:
    read = lab.features.online([{"customer_id": n + 1} for n in range(customers)], [f"{view}:numbers"])
    return list(read.columns["numbers"])
