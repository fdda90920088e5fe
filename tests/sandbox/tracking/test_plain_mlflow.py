"""Plain MLflow code on `terrarium://<environment>`, unchanged."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import mlflow
import pytest

import terrarium
from terrarium.experiments.errors import ArtifactLocationRefusedError
from terrarium.metadata.errors import DatabaseLoginError
from tests.support.provisioning.environment import Account, new_environment

pytest_plugins = ["tests.support.sdk_environment"]


@pytest.fixture(autouse=True)
def _tracked(lab: terrarium.Lab) -> Iterator[None]:
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    yield
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]


def test_logged_values_can_be_read(lab: terrarium.Lab, tmp_path: Path) -> None:
    mlflow.set_experiment("plain")
    (tmp_path / "notes.txt").write_text("seen")
    with mlflow.start_run() as run:
        mlflow.log_param("depth", 3)
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_artifact(str(tmp_path / "notes.txt"), "texts")
        mlflow.set_tag("team", "risk")

    (found,) = mlflow.search_runs(
        experiment_names=["plain"], filter_string="params.depth = '3'", output_format="list"
    )
    assert found.info.run_id == run.info.run_id
    assert found.info.status == "FINISHED"
    assert found.data.metrics == {"loss": pytest.approx(1 / 3)}
    assert found.data.tags["team"] == "risk"
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [point.step for point in history] == [0, 1, 2]
    assert mlflow.artifacts.load_text(f"{found.info.artifact_uri}/texts/notes.txt") == "seen"

    bucket, prefix = lab.manifest.artifacts.bucket, lab.manifest.artifacts.experiments_prefix
    keys = [entry["Key"] for entry in boto3.client("s3").list_objects_v2(Bucket=bucket)["Contents"]]
    assert any(key.startswith(prefix) and key.endswith("texts/notes.txt") for key in keys)


def test_models_are_logged_registered_and_served_by_alias() -> None:
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression

    features, target = load_breast_cancer(return_X_y=True)
    model = LogisticRegression(max_iter=5000).fit(features, target)
    mlflow.set_experiment("models")
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    version = mlflow.register_model(info.model_uri, "churn")
    client = mlflow.MlflowClient()
    client.set_registered_model_alias("churn", "champion", version.version)
    client.set_registered_model_tag("churn", "team", "risk")
    assert client.get_model_version_by_alias("churn", "champion").version == version.version
    loaded = mlflow.sklearn.load_model("models:/churn@champion")
    assert (loaded.predict(features) == model.predict(features)).all()


def test_autologging_records_a_fit() -> None:
    from sklearn.datasets import load_breast_cancer
    from sklearn.tree import DecisionTreeClassifier

    features, target = load_breast_cancer(return_X_y=True)
    mlflow.sklearn.autolog(log_models=False)
    try:
        mlflow.set_experiment("autologged")
        with mlflow.start_run() as run:
            DecisionTreeClassifier(max_depth=2).fit(features, target)
    finally:
        mlflow.sklearn.autolog(disable=True)
    data = mlflow.get_run(run.info.run_id).data
    assert data.params["max_depth"] == "2"
    assert data.metrics["training_accuracy_score"] > 0.9


def test_an_environment_without_schema_is_never_given_one_by_tracking(account: Account) -> None:  # noqa: ARG001 - somebody
    manifest = new_environment("unmigrated")
    mlflow.set_tracking_uri(f"terrarium://{manifest.environment}")
    with pytest.raises(DatabaseLoginError, match="terrarium migrate unmigrated"):
        mlflow.search_experiments()


@pytest.mark.parametrize(
    "location",
    ["nested_run_artifacts", "file:///tmp/x", "/tmp/x", "s3://other/prefix", "mlflow-artifacts:/x"],
)
def test_artifacts_outside_the_environment_are_refused(
    lab: terrarium.Lab, location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = f"artifacts at {location}"
    with pytest.raises(ArtifactLocationRefusedError, match=lab.manifest.artifacts.bucket):
        mlflow.create_experiment(name, artifact_location=location)
    with pytest.raises(
        ArtifactLocationRefusedError
    ):  # a folder whose name only begins like the environment's
        mlflow.create_experiment(name, artifact_location=f"{root(lab)}-elsewhere/x")
    assert mlflow.get_experiment_by_name(name) is None


def test_artifacts_go_below_the_environments_prefix(lab: terrarium.Lab) -> None:
    location = f"{root(lab)}/by-hand"
    mlflow.create_experiment("artifacts by hand", artifact_location=location)
    found = mlflow.get_experiment_by_name("artifacts by hand")
    assert found is not None
    assert found.artifact_location == location


def root(lab: terrarium.Lab) -> str:
    artifacts = lab.manifest.artifacts
    return f"s3://{artifacts.bucket}/{artifacts.experiments_prefix}".rstrip("/")
