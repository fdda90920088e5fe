"""`terrarium gc` deletes exactly the artifacts that nothing refers to."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import mlflow
import pytest
from click.testing import CliRunner

import terrarium
from terrarium.cli.gc import gc
from terrarium.errors import AccessDeniedError
from terrarium.gc import Garbage, delete_garbage, find_garbage
from terrarium.models.errors import NotSubmittableError
from terrarium.search import run_id
from terrarium.search.tables import tables

pytest_plugins = ["tests.support.sdk_environment"]

NOW = timedelta(0)


@pytest.fixture(autouse=True)
def _tracked(lab: terrarium.Lab) -> Iterator[None]:
    mlflow.set_tracking_uri(f"terrarium://{lab.environment}")
    yield
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]


def recorded(lab: terrarium.Lab, *, model: bool = False, tags: dict[str, str] | None = None) -> str:
    """The id of a run with an artifact, and a model if asked for."""
    from sklearn.dummy import DummyClassifier

    with lab.experiment("swept").run(tags=tags) as run:
        mlflow.log_text("content", "notes.txt")
        run.log_metrics({"loss": 1.0})
        if model:
            run.log_model(DummyClassifier().fit([[0], [1]], [0, 1]))
    return run.id


def model_of(run: str) -> str:
    outputs = mlflow.get_run(run).outputs
    assert outputs is not None
    (output,) = outputs.model_outputs
    return str(output.model_id)


def keys(lab: terrarium.Lab, owner: str) -> list[Any]:
    """Every version of every object that a run or model has."""
    found = boto3.client("s3").list_object_versions(Bucket=lab.manifest.artifacts.bucket)
    versions = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
    return [version for version in versions if f"/{owner}/" in version["Key"]]


def found(lab: terrarium.Lab, retention: timedelta = NOW) -> dict[str, Garbage]:
    return {garbage.id: garbage for garbage in find_garbage(lab.connection, retention=retention)}


def sweep(lab: terrarium.Lab) -> set[str]:
    deleted = delete_garbage(lab.connection, find_garbage(lab.connection, retention=NOW), retention=NOW)
    return {garbage.id for garbage in deleted}


def test_deletes_a_run_with_its_model_and_all_versions_of_its_artifacts(lab: terrarium.Lab) -> None:
    run, other = recorded(lab, model=True), recorded(lab, model=True)
    model = model_of(run)
    boto3.client("s3").delete_object(Bucket=lab.manifest.artifacts.bucket, Key=keys(lab, run)[0]["Key"])
    before = keys(lab, other), keys(lab, model_of(other))
    lab.experiments.delete(run)
    assert found(lab)[run].objects == len(keys(lab, run)) > 1
    assert found(lab)[model].size == sum(version["Size"] for version in keys(lab, model)) > 0
    assert {run, model} <= sweep(lab)
    assert keys(lab, run) == keys(lab, model) == []
    assert lab.experiments.search(run_id == run, deleted=True) == []
    assert (keys(lab, other), keys(lab, model_of(other))) == before
    assert mlflow.artifacts.load_text(f"runs:/{other}/notes.txt") == "content"
    with lab.metadata.reader.connect() as connection:
        assert connection.execute(tables().tags.select().where(tables().tags.c.run_uuid == run)).all() == []


def test_a_run_whose_artifacts_s3_does_not_delete_stays_on_record(lab: terrarium.Lab) -> None:
    """S3 answers 200, with an error for each version."""
    run = recorded(lab)
    lab.experiments.delete(run)
    s3, bucket = boto3.client("s3"), lab.manifest.artifacts.bucket
    present = keys(lab, run)
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObjectVersion",
        "Resource": f"arn:aws:s3:::{bucket}/{present[0]['Key']}",
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [denial]}))
    try:
        with pytest.raises(AccessDeniedError, match=rf"{present[0]['Key']} .*AccessDenied"):
            sweep(lab)
        assert present[0] in keys(lab, run), "it is denied, and the others are gone"
        assert lab.experiments.search(run_id == run, deleted=True) != []
    finally:
        s3.delete_bucket_policy(Bucket=bucket)
    assert run in sweep(lab)
    assert keys(lab, run) == []


def test_keeps_recently_deleted_runs_which_can_be_restored(lab: terrarium.Lab) -> None:
    run = recorded(lab)
    lab.experiments.delete(run)
    assert run not in found(lab, timedelta(days=1))
    planned = find_garbage(lab.connection, retention=NOW)
    lab.experiments.restore(run)
    deleted = delete_garbage(lab.connection, planned, retention=NOW)
    assert run not in {garbage.id for garbage in deleted}, "it was restored after it was found"
    assert mlflow.artifacts.load_text(f"runs:/{run}/notes.txt") == "content"


def test_a_registered_model_keeps_its_run_and_itself(lab: terrarium.Lab) -> None:
    run = recorded(lab, model=True)
    model = model_of(run)
    mlflow.register_model(f"models:/{model}", "kept")
    lab.experiments.delete(run)
    assert not {run, model} & sweep(lab)
    mlflow.sklearn.load_model("models:/kept/1")
    mlflow.MlflowClient().delete_registered_model("kept")
    assert {run, model} <= sweep(lab)


def test_keeps_garbage_that_got_a_reference_after_the_search(lab: terrarium.Lab) -> None:
    """With all that it needs: the run of a model that is registered now."""
    run = recorded(lab, model=True)
    model = model_of(run)
    lab.experiments.delete(run)
    planned = find_garbage(lab.connection, retention=NOW)
    assert {run, model} <= {garbage.id for garbage in planned}
    mlflow.register_model(f"models:/{model}", "registered_meanwhile")
    deleted = delete_garbage(lab.connection, planned, retention=NOW)
    assert not {run, model} & {garbage.id for garbage in deleted}
    mlflow.sklearn.load_model("models:/registered_meanwhile/1")
    mlflow.MlflowClient().delete_registered_model("registered_meanwhile")
    assert {run, model} <= sweep(lab)


def test_refuses_to_submit_a_deleted_run(lab: terrarium.Lab) -> None:
    run = recorded(lab, model=True)
    lab.experiments.delete(run)
    with pytest.raises(NotSubmittableError, match="is deleted"):
        lab.models.submit(run, "gone")


@pytest.mark.parametrize("how", ["artifact", "parent", "runs"])
def test_artifacts_that_a_run_refers_to_are_kept(how: str, lab: terrarium.Lab) -> None:
    origin = recorded(lab)
    artifact = f"{mlflow.get_run(origin).info.artifact_uri}/notes.txt"
    mention = {"artifact": artifact, "parent": origin, "runs": f"runs:/{origin}/notes.txt"}[how]
    middle = recorded(lab, tags={"from": mention})
    last = recorded(lab, tags={"from": middle})
    lab.experiments.delete(origin, middle)
    assert not {origin, middle, last} & sweep(lab), "the last refers to the middle, and that to the origin"
    lab.experiments.delete(last)
    assert {origin, middle, last} <= sweep(lab), "they refer to each other, and nobody to them"


def test_deletes_a_deleted_model_and_keeps_its_run(lab: terrarium.Lab) -> None:
    run = recorded(lab, model=True)
    model = model_of(run)
    mlflow.MlflowClient().delete_logged_model(model)
    assert model in sweep(lab)
    assert keys(lab, model) == []
    assert keys(lab, run) != []


def test_deletes_artifacts_without_a_run_and_unfinished_uploads(lab: terrarium.Lab) -> None:
    s3, bucket = boto3.client("s3"), lab.manifest.artifacts.bucket
    orphan, prefix = "ab" * 16, lab.manifest.artifacts.experiments_prefix
    s3.put_object(Bucket=bucket, Key=f"{prefix}1/{orphan}/artifacts/model.bin", Body=b"left behind")
    s3.put_object(Bucket=bucket, Key=f"{prefix}1/notes.txt", Body=b"nobody knows whose")
    named = lab.artifacts.put_bytes(b"content", f"1/{orphan}/artifacts/model.bin")
    upload = s3.create_multipart_upload(Bucket=bucket, Key=f"{prefix}big.bin")["UploadId"]
    assert {orphan, upload} <= sweep(lab)
    assert keys(lab, orphan) != [], "what was put by name is no run's"
    assert lab.artifacts.get_bytes(named) == b"content"
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert s3.get_object(Bucket=bucket, Key=f"{prefix}1/notes.txt")["Body"].read() == b"nobody knows whose"


def test_the_command_is_a_dry_run_by_default(lab: terrarium.Lab) -> None:
    run = recorded(lab)
    lab.experiments.delete(run)

    def typed(*arguments: str) -> str:
        done = CliRunner().invoke(
            gc, [lab.environment, *arguments], env={"COLUMNS": "160"}, catch_exceptions=False
        )
        assert done.exit_code == 0
        return done.output

    assert run[:10] not in typed()
    assert run[:10] in typed("--retention", "0")
    assert keys(lab, run) != []
    assert "deleted" in typed("--retention", "0", "--delete")
    assert keys(lab, run) == []
