"""Promotion of models between accounts: once, complete and traceable, after any interruption."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
import pytest

import terrarium
from terrarium.artifacts.names import FOLDER_LISTING
from terrarium.connection import Connection
from terrarium.manifest import ATTESTATIONS_PREFIX
from terrarium.models import ModelVersion
from terrarium.models.errors import (
    ApprovalMissingError,
    AttestationMissingError,
    GatesFailedError,
    ModelNameError,
    ModelTamperedError,
    PromotionFailedError,
    PromotionRefusedError,
)
from terrarium.models.promotion import open_source
from terrarium.models.promotion_job import run_promotion_job
from terrarium.models.releasing import release_storage
from terrarium.models.verified import attestations_of
from tests.support.promotion_process import POINTS
from tests.support.provisioning.environment import Account
from tests.support.trained_run import FEATURES, committed, trained

pytest_plugins = ["tests.support.sdk_environment", "tests.support.promotion_target"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]

_CHECKOUT = Path(__file__).parents[3]
# Points of death that `make test` tries, too: amid files, amid the run, and with all but the answer given.
_QUICK = {"half of the files copied", "run half copied", "version made"}


def approved(lab: terrarium.Lab, name: str, *, example: bool = True) -> ModelVersion:
    version = lab.models.submit(trained(lab, name, example=example), name, description="the first one")
    lab.models.approve(version.reference, environment="next", reason="met in the review")
    return lab.models.get(version.reference)


def promote_in_process(
    account: Account, next_account: Account, reference: str, *point: str
) -> "subprocess.CompletedProcess[str]":
    variables = account.environ() | {
        "TARGET_KEY_ID": str(next_account.variables["AWS_ACCESS_KEY_ID"]),
        "TARGET_SECRET": str(next_account.variables["AWS_SECRET_ACCESS_KEY"]),
        "PYTHONPATH": f"{_CHECKOUT / 'src'}:{_CHECKOUT}",
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.support.promotion_process", reference, *point],
        env=variables,
        cwd=_CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def check_whole(target: terrarium.Lab, version: ModelVersion) -> None:
    """There is one such version in the target, with its run, and it works."""
    (promoted,) = target.models.versions(version.name)
    assert (promoted.version, promoted.origins[-1].version) == (1, version.version)
    assert list(target.models.load(promoted.reference).predict(FEATURES)) == [0, 0, 0, 1, 1, 1]
    with target.metadata.reader.connect() as connection:
        tagged = "SELECT run_uuid FROM tags WHERE key = 'terrarium.promotion.run' AND value = %s"
        copies = connection.exec_driver_sql(tagged, (f"sdk/{version.run}",)).scalars().all()
        status = connection.exec_driver_sql(
            "SELECT status FROM runs WHERE run_uuid = %s", (promoted.run,)
        ).scalar()
    assert copies == [promoted.run]
    assert status == "FINISHED"
    attested = attestations_of(target.connection).of(promoted.name, promoted.version)
    with release_storage(target.connection).read(attested) as (release, record):
        assert release.origins == promoted.origins
        assert (record / "record.json").is_file()


def without_attestation(lab: terrarium.Lab, version: ModelVersion) -> None:
    """Make the version one that was submitted before attestations were written."""
    registry, s3 = lab.manifest.registry, lab.session.client("s3")
    for prefix in (
        f"{registry.models_prefix}{version.name}/versions/",
        f"{ATTESTATIONS_PREFIX}submissions/{version.name}/",
    ):
        for held in s3.list_object_versions(Bucket=registry.bucket, Prefix=prefix)["Versions"]:
            s3.delete_object(Bucket=registry.bucket, Key=held["Key"], VersionId=held["VersionId"])


def test_a_version_arrives_with_package_run_approval_and_lineage(
    lab: terrarium.Lab, target: terrarium.Lab
) -> None:
    version = approved(lab, "promoted")
    promoted = lab.models.promote("promoted/1", to=target)
    assert promoted.artifact is not None
    assert version.artifact is not None
    assert promoted.artifact.digest == version.artifact.digest
    assert promoted.artifact.bucket == target.manifest.registry.bucket
    assert promoted.description == "the first one"
    assert promoted.metrics == version.metrics
    (approval,) = promoted.approvals
    assert (approval.environment, approval.reason) == ("next", "met in the review")
    (origin,) = promoted.origins
    assert (origin.environment, origin.account, origin.version) == ("sdk", lab.manifest.account, 1)
    assert origin.promoted_by == target.session.caller
    lineage = str(target.models.lineage("promoted/1"))
    assert "promoted from sdk promoted/1" in lineage
    assert "train from numbers" in lineage
    check_whole(target, version)


def test_the_runs_copy_is_a_run_like_the_original(
    lab: terrarium.Lab, target: terrarium.Lab, next_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = approved(lab, "copied")
    promoted = lab.models.promote(version.reference, to=target)
    original = lab.experiments.client.get_run(version.run)
    next_account.enter(monkeypatch)
    here = terrarium.connect("next")
    copy = here.experiments.client.get_run(promoted.run)
    assert copy.data.params == original.data.params
    assert copy.data.metrics == original.data.metrics
    assert copy.inputs is not None
    assert original.inputs is not None
    assert copy.inputs.dataset_inputs == original.inputs.dataset_inputs
    assert [run.id for run in here.experiments.runs("copied")] == [promoted.run]
    record = mlflow.artifacts.load_text(f"{copy.info.artifact_uri}/record/record.json")
    assert terrarium.RunRecord.model_validate_json(record).run == version.run


def test_promoting_again_changes_nothing(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "again-promoted")
    first = lab.models.promote(version.reference, to=target)
    assert lab.models.promote(version.reference, to=target) == first
    check_whole(target, version)


def test_promotions_at_once_make_one_version(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "at-once")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: lab.models.promote(version.reference, to=target), range(4)))
    assert {promoted.version for promoted in made} == {1}
    check_whole(target, version)


def test_processes_at_once_make_one_version(
    lab: terrarium.Lab, target: terrarium.Lab, account: Account, next_account: Account
) -> None:
    version = approved(lab, "processes-at-once")
    with ThreadPoolExecutor(2) as pool:
        ended = list(
            pool.map(lambda _: promote_in_process(account, next_account, version.reference), range(2))
        )
    assert [process.stdout for process in ended] == ["1\n", "1\n"], ended
    check_whole(target, version)


@pytest.mark.parametrize(
    "point",
    [
        point if point in _QUICK else pytest.param(point, marks=pytest.mark.slow)  # seconds each
        for point in POINTS
    ],
)
def test_a_promotion_killed_in_the_middle_is_completed_by_the_next(
    lab: terrarium.Lab, target: terrarium.Lab, account: Account, next_account: Account, point: str
) -> None:
    version = approved(lab, f"killed-{list(POINTS).index(point)}")
    killed = promote_in_process(account, next_account, version.reference, point)
    assert killed.returncode == -9, killed.stderr
    lab.models.promote(version.reference, to=target)
    check_whole(target, version)


def test_a_tampered_model_does_not_travel(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "tampered-before")
    assert version.artifact is not None
    key = version.artifact.key.replace(FOLDER_LISTING, "model/MLmodel")
    lab.session.client("s3").put_object(Bucket=version.artifact.bucket, Key=key, Body=b"flavors: {}")
    with pytest.raises(ModelTamperedError, match="model/MLmodel"):
        lab.models.promote(version.reference, to=target)
    assert "tampered-before" not in target.models.names()


def test_without_approval_nothing_travels(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = lab.models.submit(trained(lab, "unapproved"), "unapproved")
    lab.models.approve(version.reference, environment="elsewhere", reason="good enough for there")
    with pytest.raises(ApprovalMissingError, match="unapproved/1 for 'next'"):
        lab.models.promote(version.reference, to=target)
    assert "unapproved" not in target.models.names()


def test_the_targets_gates_decide(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "without-signature", example=False)
    with pytest.raises(GatesFailedError, match=r"gates of 'next' \(signature\)"):
        lab.models.promote(version.reference, to=target)
    assert "without-signature" not in target.models.names()


def test_models_go_only_where_it_is_declared(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "backwards")
    lab.models.promote(version.reference, to=target)
    with pytest.raises(PromotionRefusedError, match="'sdk' accepts no models from other environments"):
        target.models.promote("backwards/1", to=lab)


def test_the_source_is_read_by_the_role_that_was_made_for_it(target: terrarium.Lab) -> None:
    source = open_source(target.connection)
    assert source.environment == "sdk"
    assert "assumed-role/terrarium-sdk-promotion-source/" in source.session.caller


def test_the_database_of_the_source_is_not_asked(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "without-login")
    nowhere = lab.manifest.metadata.model_copy(
        update={"host": "127.0.0.1", "reader_host": "127.0.0.1", "port": 1}
    )
    source = terrarium.Lab(Connection(lab.manifest.model_copy(update={"metadata": nowhere}), lab.session))
    source.models.promote(version.reference, to=target)
    check_whole(target, version)


def test_a_job_of_the_target_promotes_and_its_output_is_repeated(
    lab: terrarium.Lab, target: terrarium.Lab
) -> None:
    version = approved(lab, "by-job")
    said: list[str] = []
    run_promotion_job(version.reference, target=target.connection, say=said.append)
    assert "promoted: by-job/1 of next, from sdk" in said
    assert any(line.startswith("passed  record: complete") for line in said)
    (promoted,) = target.models.versions("by-job")
    origin = promoted.origins[-1]
    assert "assumed-role/terrarium-next-promotion/" in origin.promoted_by
    assert origin.requested_by == target.session.caller
    assert f"requested by {target.session.caller}" in str(target.models.lineage("by-job/1"))
    check_whole(target, version)


@pytest.mark.slow  # seconds
def test_a_job_that_fails_states_the_reason(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    lab.models.submit(trained(lab, "unapproved-job"), "unapproved-job")
    said: list[str] = []
    with pytest.raises(PromotionFailedError, match="promotion of unapproved-job/1 to 'next' failed"):
        run_promotion_job("unapproved-job/1", target=target.connection, say=said.append)
    assert any("nobody approved unapproved-job/1 for 'next'" in line for line in said)
    assert "unapproved-job" not in target.models.names()


def test_a_job_promotes_a_version_by_its_number(target: terrarium.Lab) -> None:
    with pytest.raises(ModelNameError, match="'churn@champion' contains an alias"):
        run_promotion_job("churn@champion", target=target.connection, say=print)


def test_a_version_without_attestation_is_promoted_once_it_has_one(
    lab: terrarium.Lab, target: terrarium.Lab
) -> None:
    version = approved(lab, "before-releases")
    without_attestation(lab, version)
    with pytest.raises(
        AttestationMissingError, match="terrarium models release before-releases/1 --environment sdk"
    ):
        lab.models.promote(version.reference, to=target)
    assert lab.models.release(version.reference)
    assert not lab.models.release(version.reference)
    lab.models.promote(version.reference, to=target)
    check_whole(target, version)


@pytest.mark.slow  # seconds
def test_submitting_again_writes_the_attestation_that_a_killed_submission_left_out(
    lab: terrarium.Lab, target: terrarium.Lab
) -> None:
    run = trained(lab, "killed-submission")
    version = lab.models.submit(run, "killed-submission")
    lab.models.approve(version.reference, environment="next", reason="met in the review")
    without_attestation(lab, lab.models.get(version.reference))
    assert lab.models.submit(run, "killed-submission").version == 1
    lab.models.promote(version.reference, to=target)
    check_whole(target, version)


def test_a_tampered_release_does_not_travel(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "tampered-release")
    found = attestations_of(lab.connection).of(version.name, 1).release
    key = found.key.replace(FOLDER_LISTING, "release.json")
    s3 = lab.session.client("s3")
    release = s3.get_object(Bucket=found.bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=found.bucket, Key=key, Body=release.replace(b"the first one", b"the other one"))
    with pytest.raises(ModelTamperedError, match=r"release\.json was changed"):
        lab.models.promote(version.reference, to=target)
    assert "tampered-release" not in target.models.names()


@pytest.mark.slow  # seconds
def test_a_second_release_of_a_version_does_not_count(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "released-twice")
    other = lab.models.submit(trained(lab, "released-twice", seed=8), "released-twice")
    storage = release_storage(lab.connection)
    with storage.read(attestations_of(lab.connection).of(other.name, 2)) as (release, _):
        storage.put(release.model_copy(update={"version": 1}), {})
    lab.models.promote(version.reference, to=target)
    check_whole(target, version)


def test_a_lab_with_its_own_session_records_runs_where_it_is_connected(
    lab: terrarium.Lab, target: terrarium.Lab, tmp_path: Path
) -> None:
    (tmp_path / "note.txt").write_text("kept by the other identity")
    with target.experiment("own-session").run(params={"a": 1}) as run:
        run.log_metrics({"loss": 0.5})
        run.log_artifact(tmp_path / "note.txt")
    (found,) = target.experiments.runs("own-session")
    assert (found.id, found.metrics["loss"]) == (run.id, 0.5)
    assert found.artifact_uri.startswith(f"s3://{target.manifest.artifacts.bucket}/")
    assert target.tracking_uri != lab.tracking_uri
    assert "own-session" not in lab.experiments.names()
