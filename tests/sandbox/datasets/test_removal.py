"""Removal of datasets and versions, and references that prevent it."""

import threading
from datetime import UTC, datetime, timedelta

import boto3
import pyarrow as pa
import pytest
from click.testing import CliRunner

import terrarium
from terrarium.cli.datasets import datasets
from terrarium.datasets import References
from terrarium.datasets.errors import DatasetHeldError, DatasetNotFoundError, VersionNotFoundError
from terrarium.features import Entity, Feature, FeatureView

pytest_plugins = ["tests.support.sdk_environment"]

NOW = timedelta(0)


def rows(*ids: int) -> pa.Table:
    return pa.table({"id": list(ids)})


def files(lab: terrarium.Lab, name: str) -> int:
    bucket, _, prefix = lab.manifest.features.warehouse.removeprefix("s3://").partition("/")
    below = f"{prefix.rstrip('/')}/{lab.warehouse.table_name(name)}/".lstrip("/")
    listed = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=below).get("Contents", [])
    return sum(not found["Key"].endswith("/") for found in listed)


def test_chosen_rows_are_overwritten_by_name(lab: terrarium.Lab) -> None:
    lab.datasets.create("partly.overwritten", rows(1, 2, 3))
    done = lab.datasets.overwrite("partly.overwritten", rows(7), where="id >= 2 and id < 10")
    assert sorted(done.read().to_arrow()["id"].to_pylist()) == [1, 7]
    assert len(done.versions()) == 2


def test_drops_a_dataset_with_its_files(lab: terrarium.Lab) -> None:
    lab.datasets.create("dropped.plain", rows(1))
    lab.datasets.append("dropped.plain", rows(2))
    lab.datasets.drop("dropped.plain")
    with pytest.raises(DatasetNotFoundError):
        lab.datasets.get("dropped.plain")
    assert files(lab, "dropped.plain") == 0
    assert lab.datasets.create("dropped.plain", rows(3)).read().count() == 1


def test_drops_a_dataset_with_references_only_by_force(lab: terrarium.Lab) -> None:
    of_a_view = rows(1).append_column("event_time", [[datetime.now(UTC)]]).append_column("value", [[5]])
    dataset = lab.datasets.create("dropped.needed", of_a_view).tag("baseline")
    lab.datasets.create(
        "dropped.referring", rows(1), constraints=[References(columns="id", dataset="dropped.needed")]
    )
    with lab.experiment("dropping").run() as run:
        run.use(dataset)
    lab.features.apply(
        FeatureView(
            name="dropped_view",
            source="dropped.needed",
            entities=(Entity(name="removal_row", key="id"),),
            features=(Feature(name="value", dtype="long"),),
            owner="growth",
        )
    )
    with pytest.raises(DatasetHeldError) as refused:
        lab.datasets.drop("dropped.needed")
    for holder in ("tag 'baseline'", f"run {run.id}", "'dropped.referring'", "'dropped_view'"):
        assert holder in str(refused.value)
    lab.datasets.drop("dropped.needed", force=True)
    assert files(lab, "dropped.needed") == 0


def test_expires_old_versions_without_references(lab: terrarium.Lab) -> None:
    name = "expired.rows"
    tagged = lab.datasets.create(name, rows(0)).tag("baseline")
    used = lab.datasets.overwrite(name, rows(1))
    with lab.experiment("expiring").run() as run:
        run.use(used)
        written = lab.datasets.overwrite(name, rows(2))
    referred = lab.datasets.overwrite(name, rows(3))
    lab.datasets.create(
        "expired.referring",
        rows(3),
        constraints=[References(columns="id", dataset=name, snapshot=referred.snapshot_id)],
    )
    current = lab.datasets.overwrite(name, rows(4))
    assert lab.datasets.expirable(name, older_than=timedelta(days=1)) == ()
    expired = lab.datasets.expire(name, older_than=NOW)
    assert [version.snapshot_id for version in expired] == [written.snapshot_id], "to have written is no hold"
    kept = [current, referred, used, tagged]
    left = lab.datasets.get(name)
    assert [version.snapshot_id for version in left.versions()] == [one.snapshot_id for one in kept]
    found = [left.at(snapshot=one.snapshot_id).read().to_arrow()["id"].to_pylist() for one in kept]
    assert found == [[4], [3], [1], [0]]


def test_no_run_records_a_version_that_expires(lab: terrarium.Lab) -> None:
    """The version is kept, or the run gets an error, in either order."""
    name = "expiring.under_runs"
    lab.datasets.create(name, rows(0))
    stop = threading.Event()

    def expire() -> None:
        while not stop.is_set():
            lab.datasets.expire(name, older_than=NOW)

    expiry = threading.Thread(target=expire)
    expiry.start()
    pinned, told = [], 0
    try:
        for number in range(1, 8):
            dataset = lab.datasets.get(name)
            lab.datasets.overwrite(name, rows(number))
            try:
                with lab.experiment("expiry").run() as run:
                    pinned.append(run.use(dataset))
            except VersionNotFoundError:
                told += 1
    finally:
        stop.set()
        expiry.join()
    assert len(pinned) + told == 7
    for dataset in pinned:
        assert dataset.read().count() == len(dataset.read().to_arrow()) == 1


def test_a_run_with_an_expired_version_raises_an_error(lab: terrarium.Lab) -> None:
    name = "expiring.gone"
    lab.datasets.create(name, rows(0))
    before = lab.datasets.get(name)
    lab.datasets.overwrite(name, rows(1))
    lab.datasets.expire(name, older_than=NOW)
    with pytest.raises(VersionNotFoundError, match="has expired"), lab.experiment("expiry").run() as run:
        run.use(before)
    with pytest.raises(VersionNotFoundError, match="no longer exists"):
        before.read().to_arrow()


def test_a_version_that_is_online_does_not_expire(lab: terrarium.Lab) -> None:
    """Materialization begins where it ended, at that snapshot."""
    view = FeatureView(
        name="held_view",
        source="expired.features",
        entities=(Entity(name="removal_row", key="id"),),
        features=(Feature(name="value", dtype="long"),),
        owner="growth",
    )
    lab.features.apply(view)
    moment = datetime.now(UTC) - timedelta(hours=1)
    online = lab.features.write("held_view", [{"id": 1, "event_time": moment, "value": 1}])
    lab.features.materialize("held_view")
    lab.features.write("held_view", [{"id": 2, "event_time": moment, "value": 2}])
    assert lab.datasets.expire("expired.features", older_than=NOW) == ()
    assert lab.datasets.get("expired.features").at(snapshot=online).read().count() == 1
    lab.features.materialize("held_view")
    assert [version.snapshot_id for version in lab.datasets.expire("expired.features", older_than=NOW)] == [
        online
    ]


def test_the_command_is_a_dry_run_by_default(lab: terrarium.Lab) -> None:
    lab.datasets.create("retired.by_command", rows(0))
    lab.datasets.overwrite("retired.by_command", rows(1))

    def typed(*arguments: str, answer: str = "") -> str:
        done = CliRunner().invoke(datasets, [*arguments, "--environment", lab.environment], input=answer)
        assert done.exit_code in (0, 1)
        return done.output

    assert "would remove 1" in typed("expire", "retired.by_command", "--older-than", "0")
    assert len(lab.datasets.get("retired.by_command").versions()) == 2
    assert "removed 1" in typed("expire", "retired.by_command", "--older-than", "0", "--delete")
    assert len(lab.datasets.get("retired.by_command").versions()) == 1
    typed("drop", "retired.by_command", answer="n\n")
    assert lab.datasets.get("retired.by_command").read().count() == 1
    typed("drop", "retired.by_command", answer="y\n")
    with pytest.raises(DatasetNotFoundError):
        lab.datasets.get("retired.by_command")
