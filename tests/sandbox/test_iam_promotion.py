"""Models are pulled to prod from staging: by releases only, and never the other way."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from terrarium.manifest import PlatformManifest
from tests.sandbox.deployment import Deployment
from tests.sandbox.local_sandbox import LocalSandbox
from tests.sandbox.session import Session, as_person, as_workflow, refused

Manifests = Mapping[str, PlatformManifest]
STAGING_MODEL = "models/churn/1"
_CHECKOUT = Path(__file__).parents[2]

# Submits a model, good enough for prod, and approves it.
_SUBMIT = """
import terrarium
from tests.sandbox.trained import trained

models = terrarium.connect("staging").models
version = models.submit(trained(terrarium.connect("staging"), "released"), "released")
models.approve(version.reference, environment="prod", reason="met in the review")
"""


@pytest.fixture(scope="module")
def release(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    arn = enforced["prod"].roles.ci_deploy_arn
    return as_workflow(everywhere_sandbox, "prod", arn, subject="environment:prod")


@pytest.fixture(scope="module")
def promotion(everywhere_sandbox: LocalSandbox, enforced: Manifests, release: Session) -> Session:
    return as_person(everywhere_sandbox, "prod", str(enforced["prod"].roles.promotion_arn), by=release)


@pytest.fixture(scope="module")
def source(everywhere_sandbox: LocalSandbox, enforced: Manifests, promotion: Session) -> Session:
    arn = str(enforced["staging"].roles.promotion_source_arn)
    return as_person(everywhere_sandbox, "staging", arn, by=promotion)


def test_a_release_pulls_a_model_from_staging_into_prod(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, source: Session, promotion: Session
) -> None:
    staging, prod = enforced["staging"].registry.bucket, enforced["prod"].registry.bucket
    everywhere_sandbox.client("s3", "staging").put_object(Bucket=staging, Key=STAGING_MODEL, Body=b"model")
    model = source.client("s3").get_object(Bucket=staging, Key=STAGING_MODEL)["Body"].read()
    promotion.client("s3").put_object(Bucket=prod, Key=STAGING_MODEL, Body=model)
    assert promotion.client("s3").get_object(Bucket=prod, Key=STAGING_MODEL)["Body"].read() == b"model"


def test_the_roles_suffice_to_promote_what_was_submitted(
    everywhere: Mapping[str, Deployment],
    everywhere_sandbox: LocalSandbox,
    release: Session,
    tmp_path: Path,
) -> None:
    for name in ("staging", "prod"):
        everywhere[name].terrarium("migrate", name)
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for command in (["init", "-q"], [*who, "commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    promote = "from terrarium.cli import main; main()"
    for variables, script, arguments in (
        (everywhere_sandbox.environment("staging"), _SUBMIT, []),
        (release.variables, promote, ["models", "promote", "released/1", "--to", "prod"]),
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=tmp_path,
            env={**os.environ, **variables, "PYTHONPATH": f"{_CHECKOUT / 'src'}:{_CHECKOUT}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "promoted: released/1 of prod, from staging" in done.stdout


def test_what_prod_sees_of_staging_it_cannot_change(enforced: Manifests, source: Session) -> None:
    bucket, s3 = enforced["staging"].registry.bucket, source.client("s3")
    with refused("s3:PutObject"):
        s3.put_object(Bucket=bucket, Key=STAGING_MODEL, Body=b"")
    with refused("s3:DeleteObject"):
        s3.delete_object(Bucket=bucket, Key=STAGING_MODEL)
    with refused("s3:GetObject"):
        s3.get_object(Bucket=enforced["staging"].artifacts.bucket, Key="artifacts/data")


def test_what_is_in_the_registry_promotion_does_not_delete(enforced: Manifests, promotion: Session) -> None:
    with refused("s3:DeleteObject"):
        promotion.client("s3").delete_object(Bucket=enforced["prod"].registry.bucket, Key=STAGING_MODEL)


def test_nobody_else_of_prod_promotes_or_enters_staging(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, release: Session
) -> None:
    promotion_arn = str(enforced["prod"].roles.promotion_arn)
    source_arn = str(enforced["staging"].roles.promotion_source_arn)
    scientist = as_person(everywhere_sandbox, "prod", enforced["prod"].roles.scientist_arn)
    for arn in (promotion_arn, source_arn):
        with refused("sts:AssumeRole", because="no resource-based policy allows"):
            as_person(everywhere_sandbox, "prod", arn, by=scientist)
    with refused("sts:AssumeRole", because="no resource-based policy allows"):
        as_person(everywhere_sandbox, "prod", source_arn, by=release)


def test_staging_does_not_push(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> None:
    arn = enforced["staging"].roles.ci_deploy_arn
    releases = as_workflow(everywhere_sandbox, "staging", arn, subject="environment:staging")
    promotion_arn = str(enforced["prod"].roles.promotion_arn)
    with refused("sts:AssumeRole", because="no resource-based policy allows"):
        as_person(everywhere_sandbox, "prod", promotion_arn, by=releases)


def test_no_other_environment_is_a_source(enforced: Manifests) -> None:
    sources = {name for name, manifest in enforced.items() if manifest.roles.promotion_source_arn}
    assert sources == {"dev", "staging"}


def test_who_is_promoted_to_knows_the_role_to_read_with(enforced: Manifests) -> None:
    for name, source in {"staging": "dev", "prod": "staging"}.items():
        known = enforced[name].registry.promotes_from
        assert known is not None
        assert (known.environment, known.role_arn) == (source, enforced[source].roles.promotion_source_arn)
