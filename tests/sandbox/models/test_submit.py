"""Submission of models to the registry: requirements, stored values, visibility."""

import json
import math

import mlflow
import numpy as np
import pyarrow as pa
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import terrarium
from terrarium.connection import Connection
from terrarium.manifest import MetricThreshold, ModelGates
from terrarium.models.errors import GatesFailedError, ModelNameError, ModelNotFoundError, NotSubmittableError
from terrarium.record.storage import read_record
from tests.support.trained_run import FEATURES, committed, trained
from tests.unit.record.examples import USE_CASE

pytest_plugins = ["tests.support.sdk_environment"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]


def with_gates(lab: terrarium.Lab, gates: ModelGates) -> terrarium.Lab:
    """The same environment, had it been deployed with these gates."""
    registry = lab.manifest.registry.model_copy(update={"gates": gates})
    return terrarium.Lab(
        Connection(lab.manifest.model_copy(update={"registry_or_none": registry}), lab.session)
    )


def test_a_submitted_model_is_a_version_with_all_that_is_known_of_it(lab: terrarium.Lab) -> None:
    run = trained(lab, "submitted")
    version = lab.models.submit(run, "submitted", description="the first one")
    assert (version.version, version.run, version.description) == (1, run.id, "the first one")
    assert version.metrics["roc_auc"] == 0.9
    assert version.submitted_by == lab.session.caller
    assert version.gates is not None
    assert version.gates.passed
    assert version.artifact is not None
    assert version.artifact.bucket == lab.manifest.registry.bucket
    assert lab.models.versions("submitted") == [version]
    assert "submitted" in lab.models.names()


def test_the_package_holds_model_card_record_and_packages(
    lab: terrarium.Lab, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lab.models.submit(trained(lab, "packed"), "packed")
    folder = lab.models.download("packed/1", tmp_path_factory.mktemp("package"))
    record = terrarium.RunRecord.model_validate_json((folder / "record.json").read_text())
    assert not record.missing()
    assert (folder / "model" / "MLmodel").is_file()
    assert "scikit-learn==" in (folder / "requirements.txt").read_text()
    card = lab.models.card("packed/1")
    assert card == (folder / "card.md").read_text()
    assert USE_CASE.business_impact in card
    assert "<h1>packed</h1>" in (folder / "card.html").read_text()


def test_mlflows_own_code_finds_and_loads_it(lab: terrarium.Lab) -> None:
    version = lab.models.submit(trained(lab, "plain-mlflow"), "plain-mlflow")
    lab.models.alias("plain-mlflow/1", "champion")
    uri = f"terrarium://{lab.environment}"
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    assert client.get_model_version_by_alias("plain-mlflow", "champion").source == version.source
    before = mlflow.get_registry_uri()
    mlflow.set_registry_uri(uri)
    try:
        model = mlflow.pyfunc.load_model("models:/plain-mlflow@champion")
    finally:
        mlflow.set_registry_uri(before)
    assert list(model.predict(FEATURES)) == list(lab.models.load("plain-mlflow@champion").predict(FEATURES))


def test_submitting_again_is_the_same_version_and_another_run_the_next(lab: terrarium.Lab) -> None:
    run = trained(lab, "again")
    first = lab.models.submit(run, "again")
    assert lab.models.submit(run.id, "again") == first
    assert lab.models.submit(trained(lab, "again"), "again").version == 2


def test_refuses_an_incomplete_record_and_names_the_missing_parts(lab: terrarium.Lab) -> None:
    with lab.experiment("incomplete").run() as run:
        run.log_model(LogisticRegression().fit(FEATURES, [0, 0, 0, 1, 1, 1]))
    with pytest.raises(NotSubmittableError) as refused:
        lab.models.submit(run, "incomplete")
    for gap in ("use_case", "splits", "evaluation.metrics", "evaluation.validation"):
        assert gap in refused.value.problem
    with pytest.raises(ModelNotFoundError):
        lab.models.versions("incomplete")


def test_only_a_finished_run_is_submitted(lab: terrarium.Lab) -> None:
    with pytest.raises(RuntimeError), lab.experiment("unfinished").run() as run:
        raise RuntimeError
    with pytest.raises(NotSubmittableError, match="FAILED"):
        lab.models.submit(run, "unfinished")


def test_refuses_a_run_without_exactly_one_model(lab: terrarium.Lab) -> None:
    splits = terrarium.Splits.of({"train": np.arange(3)}, dataset="numbers")
    card = USE_CASE.model_copy(update={"name": "which"})
    stated = {"params": {}, "splits": splits, "validation": terrarium.HoldOut(on="train"), "seed": 1}
    with lab.experiment(card).run(architecture="none", **stated) as bare:  # type: ignore[arg-type]
        bare.log_metrics({"roc_auc": 0.5})
    with pytest.raises(NotSubmittableError, match="no model"):
        lab.models.submit(bare, "which")
    with lab.experiment(card).run(**stated) as both:  # type: ignore[arg-type]
        both.log_metrics({"roc_auc": 0.5})
        for name in ("one", "other"):
            both.log_model(LogisticRegression().fit(FEATURES, [0, 0, 0, 1, 1, 1]), name=name)
    with pytest.raises(NotSubmittableError, match=r"several models.*one, other"):
        lab.models.submit(both, "which")
    assert lab.models.submit(both, "which", model="other").version == 1


def test_gates_refuse_in_words_and_nothing_is_made(lab: terrarium.Lab) -> None:
    strict = with_gates(
        lab,
        ModelGates(
            signature=True,
            data_days=30,
            thresholds=(MetricThreshold(metric="roc_auc", minimum=0.95),),
        ),
    )
    with pytest.raises(GatesFailedError) as refused:
        strict.models.submit(trained(lab, "gated", example=False), "gated")
    for words in (
        "passed  record: complete",
        "FAILED  signature: missing",
        "FAILED  roc_auc: 0.9, required: at least 0.95",
        "FAILED  data: of unknown age",
        "-> ",
    ):
        assert words in refused.value.problem
    with pytest.raises(ModelNotFoundError):
        lab.models.versions("gated")


def test_a_new_version_is_compared_with_the_champion(lab: terrarium.Lab) -> None:
    strict = with_gates(lab, ModelGates(champion_margin=0.01))
    strict.models.submit(trained(lab, "compared", roc_auc=0.90), "compared")
    strict.models.alias("compared/1", "champion")
    with pytest.raises(GatesFailedError, match=r"roc_auc 0\.905, compared/1 has 0\.9"):
        strict.models.submit(trained(lab, "compared", roc_auc=0.905), "compared")
    better = strict.models.submit(trained(lab, "compared", roc_auc=0.92), "compared")
    assert better.version == 2
    assert better.gates is not None
    assert [result.gate for result in better.gates.results] == ["record", "champion"]


def test_versions_are_found_by_their_tags(lab: terrarium.Lab) -> None:
    version = lab.models.submit(trained(lab, "searched"), "searched")
    assert version.artifact is not None
    reference = str(version.artifact)
    assert json.loads(version.tags["terrarium.model.metrics"]) == version.metrics
    assert lab.models.search(f"tags.`terrarium.model.artifact` = '{reference}'") == [version]


@pytest.mark.parametrize("name", ["", "a/b", "a@b", "../up", "a b", "-x"])
def test_refuses_invalid_names_of_models(lab: terrarium.Lab, name: str) -> None:
    with pytest.raises(ModelNameError):
        lab.models.submit("0" * 32, name)


def test_the_data_is_as_old_as_the_snapshot_it_was_taken_from(lab: terrarium.Lab) -> None:
    dataset = lab.datasets.create("models.numbers", pa.table({"number": [1, 2, 3]}))
    pinned = terrarium.Part(name="train", dataset="models.numbers", snapshot_id=dataset.snapshot_id)
    card = USE_CASE.model_copy(update={"name": "fresh"})
    with lab.experiment(card).run(
        params={},
        splits=terrarium.Splits(parts=(pinned,)),
        validation=terrarium.HoldOut(on="train"),
    ) as run:
        run.log_metrics({"roc_auc": 0.9})
        run.log_model(LogisticRegression().fit(FEATURES, [0, 0, 0, 1, 1, 1]))
    version = with_gates(lab, ModelGates(data_days=1)).models.submit(run, "fresh")
    snapshot = lab.warehouse.catalog.load_table(
        (lab.warehouse.database, lab.warehouse.table_name("models.numbers"))
    ).snapshot_by_id(pinned.snapshot_id or 0)
    assert snapshot is not None
    assert version.data_as_of is not None
    assert version.data_as_of.timestamp() == snapshot.timestamp_ms / 1000


def test_an_autologged_run_is_submitted(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True, as_frame=True)
    splits = terrarium.Splits.of({"train": (features, target)}, dataset="iris", seed=7)
    card = USE_CASE.model_copy(update={"name": "autologged churn"})
    mlflow.sklearn.autolog()
    try:
        with lab.experiment(card).run(splits=splits, validation=terrarium.HoldOut(on="train")) as run:
            LogisticRegression(max_iter=500).fit(features, target)
            assert [gap.what for gap in run.record.missing()] == ["architecture"]
    finally:
        mlflow.sklearn.autolog(disable=True)
    version = lab.models.submit(run.id, "autologged-churn")
    assert version.metrics["training_accuracy_score"] > 0.9
    architecture = read_record(lab.experiments.client, run.id).architecture
    assert architecture is not None
    assert architecture.name == "sklearn.linear_model._logistic.LogisticRegression"
    assert json.loads(architecture.description)["max_iter"] == "500"


def test_a_model_that_plain_mlflow_kept_is_the_architecture(lab: terrarium.Lab) -> None:
    features, target = load_iris(return_X_y=True)
    with lab.experiment("kept by MLflow").run() as run:
        mlflow.log_param("C", 1.0)
        mlflow.sklearn.log_model(
            LogisticRegression(max_iter=500).fit(features, target),
            name="model",
            pip_requirements=["scikit-learn"],
        )
    architecture = read_record(lab.experiments.client, run.id).architecture
    assert architecture is not None
    assert (architecture.name, architecture.description) == ("sklearn", '{"C": "1.0"}')


def test_a_run_whose_metric_is_nan_is_compared_and_submitted_and_passes_no_gate(lab: terrarium.Lab) -> None:
    run, other = trained(lab, "nan", roc_auc=math.nan), trained(lab, "nan", roc_auc=0.5)
    ranking = lab.experiments.compare(run.id, other.id).ranking
    assert ranking is not None
    assert ranking.runs == (other.id, run.id)
    strict = with_gates(lab, ModelGates(thresholds=(MetricThreshold(metric="roc_auc", maximum=1.0),)))
    with pytest.raises(GatesFailedError, match="FAILED  roc_auc: nan"):
        strict.models.submit(run, "nan")
    assert math.isnan(lab.models.submit(run, "nan").metrics["roc_auc"])
