"""From one account to the next: once, whole and traceable, whatever happens on the way."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow
import pytest

import terrarium
from terrarium.artifacts.names import FOLDER_LISTING
from terrarium.errors import OtherSessionError
from terrarium.models import ModelVersion
from terrarium.models.errors import (
    ApprovalMissingError,
    GatesFailedError,
    ModelTamperedError,
    PromotionRefusedError,
)
from terrarium.models.promotion import promotion_labs
from tests.sandbox.promoting import POINTS
from tests.sandbox.provisioning import Account
from tests.sandbox.trained import FEATURES, committed, trained

pytest_plugins = ["tests.sandbox.provisioned", "tests.sandbox.promotion_target"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]

_CHECKOUT = Path(__file__).parents[2]
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
        [sys.executable, "-m", "tests.sandbox.promoting", reference, *point],
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
    with pytest.raises(PromotionRefusedError, match="'sdk' takes models from no other environment"):
        target.models.promote("backwards/1", to=lab)


def test_each_role_sees_its_own_environment(lab: terrarium.Lab, target: terrarium.Lab) -> None:
    version = approved(lab, "by-role")
    source, pulling = promotion_labs(target)
    assert "assumed-role/terrarium-sdk-promotion-source/" in source.session.caller
    assert "assumed-role/terrarium-next-promotion/" in pulling.session.caller
    promoted = source.models.promote(version.reference, to=pulling)
    assert promoted.origins[-1].promoted_by == pulling.session.caller


def test_runs_are_recorded_by_the_default_session_only(target: terrarium.Lab) -> None:
    with pytest.raises(OtherSessionError, match="MLflow"):
        target.experiment("anything")
