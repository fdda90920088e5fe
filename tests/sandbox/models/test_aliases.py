"""Aliases of models: moves, loading, tampering, and consumers."""

import itertools
import threading

import mlflow
import pytest

import terrarium
from terrarium.artifacts.names import FOLDER_LISTING
from terrarium.connection import Connection
from terrarium.models import ModelVersion
from terrarium.models.errors import ApprovalMissingError, ModelNotFoundError, ModelTamperedError
from tests.support.trained_run import FEATURES, committed, trained

pytest_plugins = ["tests.support.sdk_environment"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]


def submitted(lab: terrarium.Lab, name: str) -> ModelVersion:
    return lab.models.submit(trained(lab, name), name)


def key_of(version: ModelVersion, path: str) -> str:
    assert version.artifact is not None
    return version.artifact.key.removesuffix(FOLDER_LISTING) + path


def test_every_move_of_an_alias_has_author_time_and_reason(lab: terrarium.Lab) -> None:
    first, second = submitted(lab, "moved"), submitted(lab, "moved")
    lab.models.alias(first.reference, "champion", reason="the first one")
    lab.models.alias(second.reference, "champion", reason="better")
    lab.models.alias(second.reference, "champion")  # is there already: no move
    lab.models.remove_alias("moved", "champion", reason="recalled")
    moves = lab.models.alias_history("moved")
    assert [(move.before, move.after, move.reason) for move in moves] == [
        (None, 1, "the first one"),
        (1, 2, "better"),
        (2, None, "recalled"),
    ]
    assert {move.by for move in moves} == {lab.session.caller}
    with pytest.raises(ModelNotFoundError):
        lab.models.get("moved@champion")


def test_moves_by_mlflows_own_client_are_on_record_too(lab: terrarium.Lab) -> None:
    submitted(lab, "moved-by-mlflow")
    uri = f"terrarium://{lab.environment}"
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.set_registered_model_alias("moved-by-mlflow", "champion", "1")
    client.delete_registered_model_alias("moved-by-mlflow", "champion")
    assert [(move.before, move.after) for move in lab.models.alias_history("moved-by-mlflow")] == [
        (None, 1),
        (1, None),
    ]


def test_moves_at_once_leave_one_unbroken_history(lab: terrarium.Lab) -> None:
    versions = [submitted(lab, "contended").reference for _ in range(2)]
    threads = [
        threading.Thread(target=lab.models.alias, args=(versions[number % 2], "champion"))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moves = lab.models.alias_history("contended")
    assert moves[0].before is None
    assert all(earlier.after == later.before for earlier, later in itertools.pairwise(moves))
    assert lab.models.get("contended@champion").version == moves[-1].after


def test_where_approval_is_wanted_only_approved_versions_become_champion(lab: terrarium.Lab) -> None:
    registry = lab.manifest.registry.model_copy(update={"approval": True})
    careful = terrarium.Lab(
        Connection(lab.manifest.model_copy(update={"registry_or_none": registry}), lab.session)
    )
    version = submitted(careful, "careful")
    with pytest.raises(ApprovalMissingError, match="careful/1"):
        careful.models.alias(version.reference, "champion")
    careful.models.alias(version.reference, "challenger")
    given = careful.models.approve(version.reference, reason="looked at it")
    careful.models.alias(version.reference, "champion")
    assert careful.models.get("careful@champion").approvals == (given,)
    assert (given.by, given.reason) == (lab.session.caller, "looked at it")


def test_a_model_is_loaded_by_alias_and_the_run_that_did_is_known(lab: terrarium.Lab) -> None:
    version = submitted(lab, "used")
    lab.models.alias(version.reference, "champion")
    with lab.experiment("scoring").run() as run:
        model = lab.models.load("used@champion")
        assert list(model.predict(FEATURES)) == [0, 0, 0, 1, 1, 1]
    lineage = lab.models.lineage("used/1")
    assert [user.id for user in lineage.used_by] == [run.id]
    assert lineage.record.run == version.run
    assert lineage.record.code is not None
    assert f"code  {lineage.record.code.commit}" in str(lineage)
    assert f"used by run {run.id}" in str(lineage)
    assert "train from numbers, sha256:" in str(lineage)


@pytest.mark.parametrize("path", ["model/MLmodel", "model/requirements.txt", "record.json"])
def test_a_file_that_was_tampered_with_is_named_and_nothing_is_loaded(lab: terrarium.Lab, path: str) -> None:
    name = f"tampered-{path.replace('/', '-')}"
    version = submitted(lab, name)
    s3 = lab.session.client("s3")
    bucket = lab.manifest.registry.bucket
    key = key_of(version, path)
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    for other in (content + b"\n", content[:-1] + b"#"):
        # Even with the digest of the right content in its metadata, as Terrarium itself would put it.
        metadata = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
        s3.put_object(Bucket=bucket, Key=key, Body=other, Metadata=metadata)
        with pytest.raises(ModelTamperedError, match=path):
            lab.models.download(version.reference, "whole")
    s3.put_object(Bucket=bucket, Key=key, Body=content)
    lab.models.download(version.reference, "restored")


def test_a_file_that_is_gone_or_was_added_is_named(lab: terrarium.Lab) -> None:
    version, s3, bucket = submitted(lab, "altered"), lab.session.client("s3"), lab.manifest.registry.bucket
    added = key_of(version, "model/sitecustomize.py")
    s3.put_object(Bucket=bucket, Key=added, Body=b"import evil")
    with pytest.raises(ModelTamperedError, match=r"model/sitecustomize.py was added"):
        lab.models.load(version.reference)
    s3.delete_object(Bucket=bucket, Key=added)
    lab.models.load(version.reference)
    s3.delete_object(Bucket=bucket, Key=key_of(version, "model/MLmodel"))
    with pytest.raises(ModelTamperedError, match=r"model/MLmodel was deleted"):
        lab.models.load(version.reference)


def test_a_listing_that_was_replaced_together_with_its_files_is_refused(lab: terrarium.Lab) -> None:
    good, other = submitted(lab, "swapped"), submitted(lab, "swapped")
    s3, bucket = lab.session.client("s3"), lab.manifest.registry.bucket
    s3.delete_object(Bucket=bucket, Key=good.artifact.key, VersionId=good.artifact.version_id)  # type: ignore[union-attr]
    for item in s3.list_objects_v2(Bucket=bucket, Prefix=key_of(other, ""))["Contents"]:
        copy = key_of(good, item["Key"].removeprefix(key_of(other, "")))
        s3.copy_object(Bucket=bucket, Key=copy, CopySource={"Bucket": bucket, "Key": item["Key"]})
    with pytest.raises(ModelTamperedError, match=FOLDER_LISTING):
        lab.models.load(good.reference)
