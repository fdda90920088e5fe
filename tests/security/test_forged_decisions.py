"""Rewritten rows of the registry: they cannot be loaded, promoted or approved."""

import json
from typing import Any

import mlflow
import pytest

from terrarium.connection import Connection
from terrarium.lab import Lab
from terrarium.models import ModelVersion
from terrarium.models.attestation import VersionAttestation
from terrarium.models.attestation_storage import AttestationStorage
from terrarium.models.errors import ApprovalMissingError, AttestationMissingError, ModelTamperedError
from terrarium.models.registry import Registry
from terrarium.models.verified import attestations_of
from tests.support.trained_run import FEATURES, committed, trained

pytest_plugins = ["tests.support.sdk_environment", "tests.support.promotion_target"]
pytestmark = pytest.mark.usefixtures("committed")
__all__ = ["committed"]


def submitted(lab: Lab, name: str, *, seed: int = 7) -> ModelVersion:
    return lab.models.submit(trained(lab, name, seed=seed), name)


def rewrite(lab: Lab, statement: str, *values: object) -> None:
    """Change rows as the owner of the database, whom nothing hinders: what is left of an attack that succeeded."""
    with lab.metadata.owner.begin() as connection:
        changed = connection.exec_driver_sql(statement, values).rowcount
    assert changed == 1


def as_another(lab: Lab, name: str) -> Lab:
    """The same environment, as the session of a role that bears another name."""
    role = lab.manifest.roles.promotion_source_arn
    assert role is not None
    return Lab(Connection(lab.manifest, lab.session.assume_role(role, name=name)))


def wanting(lab: Lab, **registry: object) -> Lab:
    """The same environment, had it been deployed with other settings of the registry."""
    changed = lab.manifest.registry.model_copy(update=registry)
    return Lab(Connection(lab.manifest.model_copy(update={"registry_or_none": changed}), lab.session))


def test_a_package_that_was_swapped_in_the_database_is_not_loaded(lab: Lab) -> None:
    good, other = submitted(lab, "swapped-row"), submitted(lab, "swapped-row", seed=8)
    lab.models.alias(good.reference, "champion")
    rewrite(
        lab,
        "UPDATE model_version_tags SET value = %s WHERE name = 'swapped-row' AND version = 1 "
        "AND key = 'terrarium.model.artifact'",
        str(other.artifact),
    )
    for reference in ("swapped-row/1", "swapped-row@champion"):
        with pytest.raises(ModelTamperedError, match=r"terrarium\.model\.artifact: .*attested"):
            lab.models.load(reference)
    assert list(lab.models.load("swapped-row/2").predict(FEATURES)) == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("what", ["run_id", "source"])
def test_refuses_a_rewritten_version_and_names_the_differences(lab: Lab, what: str) -> None:
    name = f"rewritten-{what.replace('_', '-')}"
    submitted(lab, name)
    rewrite(lab, f"UPDATE model_versions SET {what} = 'other' WHERE name = %s", name)
    for refused in (lab.models.load, lab.models.get, lab.models.lineage, lab.models.download):
        with pytest.raises(ModelTamperedError, match="'other', attested"):
            refused(f"{name}/1", *(("folder",) if refused == lab.models.download else ()))


def test_metrics_and_gates_that_were_rewritten_are_refused(lab: Lab) -> None:
    submitted(lab, "better-on-paper")
    rewrite(
        lab,
        "UPDATE model_version_tags SET value = %s WHERE name = 'better-on-paper' AND key = 'terrarium.model.metrics'",
        '{"roc_auc":0.999}',
    )
    with pytest.raises(ModelTamperedError, match=r"terrarium\.model\.metrics"):
        lab.models.load("better-on-paper/1")


def test_an_alias_that_was_moved_in_the_database_is_refused_until_it_is_moved_again(lab: Lab) -> None:
    first, second = submitted(lab, "moved-row"), submitted(lab, "moved-row", seed=8)
    lab.models.alias(first.reference, "champion")
    rewrite(lab, "UPDATE registered_model_aliases SET version = 2 WHERE name = 'moved-row'")
    for refused in (lab.models.load, lab.models.get):
        with pytest.raises(
            ModelTamperedError, match=r"is moved-row/2.*last attested change set it to moved-row/1"
        ):
            refused("moved-row@champion")
    lab.models.alias(second.reference, "champion", reason="looked at it")
    assert lab.models.get("moved-row@champion").version == 2


def test_a_new_model_is_not_compared_with_a_champion_of_the_databases_alone(lab: Lab) -> None:
    strict = wanting(lab, gates=lab.manifest.registry.gates.model_copy(update={"champion_margin": 0.0}))
    submitted(strict, "weak-champion")
    strict.models.alias("weak-champion/1", "champion")
    lab.models.submit(trained(lab, "weak-champion", roc_auc=0.1), "weak-champion")
    rewrite(lab, "UPDATE registered_model_aliases SET version = 2 WHERE name = 'weak-champion'")
    with pytest.raises(ModelTamperedError, match="weak-champion@champion"):
        strict.models.submit(trained(lab, "weak-champion", roc_auc=0.2), "weak-champion")


def test_an_approval_that_is_a_tag_approves_nothing(lab: Lab, target: Lab) -> None:
    version = submitted(lab, "forged-approval")
    forged = {
        "environment": "next",
        "by": "arn:aws:sts::1:assumed-role/HeadOfRisk/carol",
        "reason": "signed off",
    }
    client = mlflow.MlflowClient(registry_uri=f"terrarium://{lab.environment}")
    client.set_model_version_tag(version.name, "1", "terrarium.approval.next", json.dumps(forged))
    assert lab.models.get(version.reference).approvals == ()
    with pytest.raises(ApprovalMissingError, match="forged-approval/1 for 'next'"):
        lab.models.promote(version.reference, to=target)


def test_an_approval_is_of_one_package(lab: Lab, target: Lab) -> None:
    """Approvals of another version, or of another package under the number of this one, do not count."""
    approved, other = submitted(lab, "one-package"), submitted(lab, "one-package", seed=8)
    given = lab.models.approve(approved.reference, environment="next", reason="seen")
    storage = AttestationStorage(lab.manifest.registry, session=lab.session)
    storage.put("approvals", given.model_copy(update={"version": other.version}))
    with pytest.raises(ApprovalMissingError, match="one-package/2 for 'next'"):
        lab.models.promote(other.reference, to=target)
    lab.models.promote(approved.reference, to=target)


def test_nobody_approves_in_the_name_of_another(lab: Lab) -> None:
    version = submitted(lab, "anothers-name")
    mallory = as_another(lab, "mallory")
    given = lab.models.approve(version.reference, reason="seen")
    forged = given.model_copy(update={"by": given.by.rpartition("/")[0] + "/carol", "reason": "signed off"})
    AttestationStorage(lab.manifest.registry, session=mallory.session).put("approvals", forged)
    assert lab.models.get(version.reference).approvals == (given,)


def test_a_submission_does_not_bring_its_own_approval(lab: Lab) -> None:
    """Only the promotion's role states the approval by which a version entered; who submits may not."""
    careful = wanting(lab, approval=True)
    donor = submitted(careful, "own-approval")
    seen = careful.models.approve(donor.reference, reason="seen")
    attestations, registry = attestations_of(lab.connection), Registry(lab.connection)
    tags = donor.tags
    version = registry.create("own-approval", source=donor.source, run=donor.run, description="", tags=tags)
    genuine = attestations.of(donor.name, donor.version)
    forged = genuine.model_copy(
        update={"version": version.version, "approval": seen.model_copy(update={"version": version.version})}
    )
    storage = AttestationStorage(lab.manifest.registry, session=lab.session)
    storage.put("submissions", forged)
    storage.put("submissions", forged.model_copy(update={"promoted": True}))
    with pytest.raises(AttestationMissingError, match="attests own-approval/2"):
        careful.models.alias(version.reference, "champion")


def test_who_submitted_does_not_approve_where_two_people_are_wanted(lab: Lab) -> None:
    careful = wanting(lab, approval=True, separate_approver=True)
    version = submitted(careful, "two-people")
    careful.models.approve(version.reference, reason="it is mine")
    with pytest.raises(ApprovalMissingError, match="requires the approval of another person"):
        careful.models.alias(version.reference, "champion")
    as_another(careful, "carol").models.approve(version.reference, reason="reviewed")
    careful.models.alias(version.reference, "champion")
    assert list(careful.models.load("two-people@champion").predict(FEATURES)) == [0, 0, 0, 1, 1, 1]


def test_a_champion_of_mlflows_client_that_claims_to_be_submitted_is_neither_loaded_nor_promoted(
    lab: Lab, target: Lab
) -> None:
    donor = submitted(lab, "donor")
    uri = f"terrarium://{lab.environment}"
    client = mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.create_registered_model("ungated")
    made = client.create_model_version("ungated", source=donor.source, tags=claimed(donor))
    with pytest.raises(AttestationMissingError, match="attests ungated/1"):
        client.set_registered_model_alias("ungated", "champion", made.version)
    rewrite_alias(lab, "ungated")
    for reference in ("ungated/1", "ungated@champion"):
        with pytest.raises(AttestationMissingError, match="attests ungated/1"):
            lab.models.load(reference)
    with pytest.raises(AttestationMissingError, match="attests ungated/1"):
        lab.models.promote("ungated/1", to=target)


def test_a_second_attestation_of_a_version_does_not_replace_the_first(lab: Lab) -> None:
    good, other = submitted(lab, "attested-twice"), submitted(lab, "attested-twice", seed=8)
    mallory, attestations = as_another(lab, "mallory"), attestations_of(lab.connection)
    first = attestations.of(good.name, good.version)
    forged = first.model_copy(update={"package": other.artifact, "by": mallory.session.caller})
    wait_for_the_next_second(lab, first)
    AttestationStorage(lab.manifest.registry, session=mallory.session).put("submissions", forged)
    assert attestations.of(good.name, good.version) == first
    lab.models.load(good.reference)


def test_a_history_of_aliases_does_not_vanish_with_rows(lab: Lab) -> None:
    submitted(lab, "kept-history")
    lab.models.alias("kept-history/1", "champion", reason="the first one")
    with lab.metadata.owner.begin() as connection:
        connection.exec_driver_sql("DELETE FROM registered_model_tags WHERE name = 'kept-history'")
        connection.exec_driver_sql("DELETE FROM registered_model_aliases WHERE name = 'kept-history'")
    (move,) = lab.models.alias_history("kept-history")
    assert (move.alias, move.after, move.reason) == ("champion", 1, "the first one")


def claimed(version: ModelVersion) -> dict[str, str]:
    return {name: value for name, value in version.tags.items() if name.startswith("terrarium.model.")}


def rewrite_alias(lab: Lab, name: str) -> None:
    statement = "INSERT INTO registered_model_aliases (name, alias, version) VALUES (%s, 'champion', 1)"
    rewrite(lab, statement, name)


def wait_for_the_next_second(lab: Lab, attested: VersionAttestation) -> None:
    """S3 orders what it got by seconds: wait until an object of now is later than the attestation."""
    s3: Any = lab.session.client("s3")
    bucket = lab.manifest.registry.bucket
    while True:
        s3.put_object(Bucket=bucket, Key="clock", Body=b"")
        if s3.head_object(Bucket=bucket, Key="clock")["LastModified"] > attested.at:
            return
