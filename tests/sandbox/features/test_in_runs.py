"""Features on the record of runs, and their reproduction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import mlflow
import pytest

import terrarium
from terrarium.features import Entity, Feature, FeatureView
from terrarium.record import RunRecord
from terrarium.record.features_read import PREFIX
from terrarium.record.storage import read_record

pytest_plugins = ["tests.support.sdk_environment"]

_NOW = datetime.now(UTC)


@pytest.fixture
def view(lab: terrarium.Lab, request: pytest.FixtureRequest) -> str:
    """A view of one row, named for the test."""
    name: str = request.node.name.removeprefix("test_")[:30].rstrip("_")
    lab.features.apply(_view(name))
    lab.features.write(name, [_row(1.0)])
    return name


def test_a_training_set_made_before_a_run_is_on_its_record(lab: terrarium.Lab, view: str) -> None:
    training = _training_set(lab, view)
    for _ in range(2):  # one training set for several candidates
        with lab.experiment("features on record").run() as run:
            pass
        (part,) = _record(lab, run.id).features
        assert part.name == f"{PREFIX}{view}@1"
        assert (part.dataset, part.snapshot_id) == (f"telco.{view}", training.snapshots[f"{view}@1"])


def test_a_training_set_made_in_a_run_is_on_its_record(lab: terrarium.Lab, view: str) -> None:
    with lab.experiment("features on record").run() as run:
        training = _training_set(lab, view)
        assert [part.snapshot_id for part in run.record.features] == list(training.snapshots.values())
        with lab.experiment("features on record").run() as nested:
            pass
    assert len(_record(lab, run.id).features) == 1
    assert _record(lab, nested.id).features == _record(lab, run.id).features


def test_lineage_shows_the_runs_that_read_features(lab: terrarium.Lab, view: str) -> None:
    with lab.experiment("features on record").run("learns") as run:
        training = _training_set(lab, view)
    (reader,) = lab.datasets.get(f"telco.{view}").lineage().read
    assert (reader.run, reader.snapshot_id) == (run.id, training.snapshots[f"{view}@1"])
    assert reader.contexts == (f"{PREFIX}{view}@1",)


def test_a_run_of_plain_mlflow_shows_the_features_it_read(lab: terrarium.Lab, view: str) -> None:
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(lab.tracking_uri)
    try:
        mlflow.set_experiment("features of plain runs")
        with mlflow.start_run() as run:
            _training_set(lab, view)
    finally:
        mlflow.set_tracking_uri(before)
    (reader,) = lab.datasets.get(f"telco.{view}").lineage().read
    assert reader.run == run.info.run_id


def test_skew_is_not_recorded(lab: terrarium.Lab, view: str) -> None:
    lab.features.skew([f"{view}:minutes"])
    with lab.experiment("features on record").run() as run:
        pass
    assert _record(lab, run.id).features == ()


def test_a_reproduced_run_reads_the_features_that_it_read(
    lab: terrarium.Lab, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the version and snapshot on record, whatever was written and applied since."""
    with lab.experiment("features on record").run() as run:
        before = _training_set(lab, view)
    lab.features.write(view, [_row(2.0, hours=1)])
    lab.features.apply(_view(view, ttl=timedelta(minutes=1)))  # version 2
    assert _training_set(lab, view).digest != before.digest
    monkeypatch.setenv("TERRARIUM_REPRODUCES", run.id)
    again = _training_set(terrarium.connect(lab.environment), view)
    assert again.views == before.views
    assert again.digest == before.digest
    assert lab.datasets.get(f"telco.{view}").snapshot_id == before.snapshots[f"{view}@1"]


def _training_set(lab: terrarium.Lab, view: str) -> Any:
    return lab.features.training_set([{"customer_id": 1, "event_time": _NOW}], [f"{view}:minutes"])


def _record(lab: terrarium.Lab, run: str) -> RunRecord:
    return read_record(mlflow.MlflowClient(lab.tracking_uri), run)


def _row(minutes: float, *, hours: float = 2) -> dict[str, Any]:
    return {"customer_id": 1, "event_time": _NOW - timedelta(hours=hours), "minutes": minutes}


def _view(name: str, **changes: Any) -> FeatureView:
    view: dict[str, Any] = {
        "name": name,
        "source": f"telco.{name}",
        "entities": (Entity(name="recorded_customer", key="customer_id"),),
        "features": (Feature(name="minutes", dtype="double"),),
        "owner": "growth",
    }
    return FeatureView.model_validate(view | changes)
