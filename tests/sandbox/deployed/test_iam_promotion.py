"""Models are promoted from dev to staging and from staging to prod: by releases only, and never the other way."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from terrarium.manifest import PlatformManifest, promotion_job_definition
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, as_service, as_workflow, refused

Manifests = Mapping[str, PlatformManifest]
STAGING_MODEL = "models/churn/1"
_CHECKOUT = Path(__file__).parents[3]
_TERRARIUM = "from terrarium.cli import main; main()"

# Submits a model that is good enough for prod.
_SUBMIT = """
import terrarium
from tests.support.trained_run import trained

lab = terrarium.connect("dev")
lab.models.submit(trained(lab, "released"), "released")
"""


def role(manifest: PlatformManifest, name: str) -> str:
    return f"arn:aws:iam::{manifest.account}:role/terrarium-{manifest.environment}-{name}"


@pytest.fixture(scope="module")
def workflow(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    """A workflow that GitHub lets deploy to prod."""
    arn = enforced["prod"].roles.ci_deploy_arn
    return as_workflow(everywhere_sandbox, "prod", arn, subject="environment:prod")


@pytest.fixture(scope="module")
def releaser(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    """A person who releases models to staging."""
    return as_person(everywhere_sandbox, "staging", role(enforced["staging"], "release"))


@pytest.fixture(scope="module")
def promotion(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    """Return the session of the promotion's job in prod."""
    return as_service(
        everywhere_sandbox, "prod", role(enforced["prod"], "promotion"), "ecs-tasks.amazonaws.com"
    )


@pytest.fixture(scope="module")
def source(everywhere_sandbox: LocalSandbox, enforced: Manifests, promotion: Session) -> Session:
    """Return the session of the promotion's job in staging."""
    return as_person(
        everywhere_sandbox, "staging", role(enforced["staging"], "promotion-source"), by=promotion
    )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Code that runs can put on record."""
    folder = tmp_path_factory.mktemp("code")
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for command in (["init", "-q"], [*who, "commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def run(who: Session, folder: Path, script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a script as somebody."""
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env={**os.environ, **who.variables, "PYTHONPATH": f"{_CHECKOUT / 'src'}:{_CHECKOUT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_model_goes_from_dev_to_staging_by_a_person_and_on_to_prod_by_a_workflow_once_it_is_approved(
    everywhere: Mapping[str, Deployment],
    everywhere_sandbox: LocalSandbox,
    enforced: Manifests,
    releaser: Session,
    workflow: Session,
    repository: Path,
) -> None:
    for name in ("dev", "staging", "prod"):
        everywhere[name].terrarium("migrate", name)
    scientists = {
        name: as_person(everywhere_sandbox, name, enforced[name].roles.scientist_arn)
        for name in ("dev", "staging")
    }
    to_staging = ("models", "promote", "released/1", "--to", "staging")
    to_prod = ("models", "promote", "released/1", "--to", "prod")
    submitted = run(scientists["dev"], repository, _SUBMIT)
    assert submitted.returncode == 0, submitted.stderr

    by_scientist = run(scientists["staging"], repository, _TERRARIUM, *to_staging)
    assert by_scientist.returncode == 1
    assert "is not authorized to perform: batch:SubmitJob" in by_scientist.stderr

    promoted = run(releaser, repository, _TERRARIUM, *to_staging)
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    assert "promoted: released/1 of staging, from dev" in promoted.stdout

    unapproved = run(workflow, repository, _TERRARIUM, *to_prod)
    assert unapproved.returncode == 1
    assert "nobody approved released/1 for 'prod'" in unapproved.stdout

    approve = ("models", "approve", "released/1", "--environment", "staging", "--for", "prod", "--reason")
    forged = run(scientists["staging"], repository, _TERRARIUM, *approve, "signed off")
    assert forged.returncode == 1
    assert "is not authorized to perform: s3:PutObject" in forged.stderr
    # Who submitted it in dev bears the same name, and prod wants another person.
    for name in ("test", "carol"):
        approver = as_person(everywhere_sandbox, "staging", role(enforced["staging"], "approver"), name=name)
        approved = run(approver, repository, _TERRARIUM, *approve, "review of 3 March")
        assert approved.returncode == 0, approved.stderr
        if name == "test":
            alone = run(workflow, repository, _TERRARIUM, *to_prod)
            assert alone.returncode == 1
            assert "requires the approval of another person" in alone.stdout
    promoted = run(workflow, repository, _TERRARIUM, *to_prod)
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    assert "promoted: released/1 of prod, from staging" in promoted.stdout

    prod = as_person(everywhere_sandbox, "prod", enforced["prod"].roles.scientist_arn)
    lineage = run(prod, repository, _TERRARIUM, "models", "lineage", "released/1", "--environment", "prod")
    assert lineage.returncode == 0, lineage.stderr
    assert "promoted from staging released/1" in lineage.stdout
    assert "promoted from dev released/1" in lineage.stdout
    assert "review of 3 March" in lineage.stdout
    assert "requested by arn:aws:sts::444444444444:assumed-role/terrarium-prod-ci-deploy/" in lineage.stdout


def test_the_job_reads_the_registry_of_the_source_and_changes_nothing_there(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, source: Session
) -> None:
    staging = enforced["staging"]
    bucket, s3 = staging.registry.bucket, source.client("s3")
    everywhere_sandbox.client("s3", "staging").put_object(Bucket=bucket, Key=STAGING_MODEL, Body=b"model")
    assert s3.get_object(Bucket=bucket, Key=STAGING_MODEL)["Body"].read() == b"model"
    with refused("s3:PutObject"):
        s3.put_object(Bucket=bucket, Key=STAGING_MODEL, Body=b"")
    with refused("s3:DeleteObject"):
        s3.delete_object(Bucket=bucket, Key=STAGING_MODEL)
    for key in ("artifacts/data", "experiments/1/model"):
        with refused("s3:GetObject"):
            s3.get_object(Bucket=staging.artifacts.bucket, Key=key)


def test_promotion_deletes_no_registered_model(enforced: Manifests, promotion: Session) -> None:
    with refused("s3:DeleteObject"):
        promotion.client("s3").delete_object(Bucket=enforced["prod"].registry.bucket, Key=STAGING_MODEL)


def test_nobody_but_the_job_has_its_role_or_enters_staging(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, workflow: Session
) -> None:
    prod = enforced["prod"]
    people = [
        as_person(everywhere_sandbox, "prod", arn)
        for arn in (prod.roles.scientist_arn, role(prod, "release"))
    ]
    untrusted = "no resource-based policy allows"
    denied = "with an explicit deny in a permissions boundary"
    for who, because in (*((person, untrusted) for person in people), (workflow, denied)):
        for arn in (role(prod, "promotion"), role(enforced["staging"], "promotion-source")):
            with refused("sts:AssumeRole", because=because):
                as_person(everywhere_sandbox, "prod", arn, by=who)


@pytest.mark.parametrize("definition", ["promotion", "migration"])
@pytest.mark.parametrize("who", ["scientist", "job"])
def test_who_submits_jobs_submits_none_that_has_other_rights_than_jobs(
    who: str, definition: str, everywhere_sandbox: LocalSandbox, enforced: Manifests
) -> None:
    """A job's command can be overridden: it would be run with the rights of the migration or the promotion."""
    staging = enforced["staging"]
    session = (
        as_person(everywhere_sandbox, "staging", staging.roles.scientist_arn)
        if who == "scientist"
        else as_service(everywhere_sandbox, "staging", staging.roles.job_arn, "ecs-tasks.amazonaws.com")
    )
    with refused("batch:SubmitJob"):
        session.client("batch").submit_job(
            jobName="j",
            jobQueue=staging.compute.pools[0].queue_arn,
            jobDefinition=f"terrarium-staging-{definition}",
            shareIdentifier="s",
            containerOverrides={"command": ["true"]},
        )


def test_who_releases_models_starts_promotions_and_no_other_job(
    enforced: Manifests, releaser: Session
) -> None:
    staging = enforced["staging"]
    assert promotion_job_definition(staging.roles.promotion_arn or "") == "terrarium-staging-promotion"
    for definition in ("terrarium-staging-migration", staging.compute.job_definition_arn):
        with refused("batch:SubmitJob"):
            releaser.client("batch").submit_job(
                jobName="j",
                jobQueue=staging.compute.pools[0].queue_arn,
                jobDefinition=definition,
                shareIdentifier="s",
            )


def test_staging_does_not_push(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> None:
    arn = enforced["staging"].roles.ci_deploy_arn
    releases = as_workflow(everywhere_sandbox, "staging", arn, subject="environment:staging")
    with refused("sts:AssumeRole", because="with an explicit deny in a permissions boundary"):
        as_person(everywhere_sandbox, "prod", role(enforced["prod"], "promotion"), by=releases)


def test_no_other_environment_is_a_source(enforced: Manifests) -> None:
    sources = {name for name, manifest in enforced.items() if manifest.roles.promotion_source_arn}
    assert sources == {"dev", "staging"}


def test_who_is_promoted_to_knows_the_role_to_read_with(enforced: Manifests) -> None:
    for name, source in {"staging": "dev", "prod": "staging"}.items():
        known = enforced[name].registry.promotes_from
        assert known is not None
        assert (known.environment, known.role_arn) == (source, enforced[source].roles.promotion_source_arn)
