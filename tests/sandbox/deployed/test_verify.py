"""`terrarium verify` on a deployed environment: all checks pass, and each fault fails exactly its check."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terrarium.manifest import PlatformManifest, manifest_parameter, parse_manifest
from tests.support.deliberate_faults import BREAKAGES, Breakage
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_workflow


@pytest.fixture(scope="module")
def manifest(dev: Deployment, sandbox: LocalSandbox) -> PlatformManifest:
    name = manifest_parameter(dev.name)
    found = sandbox.client("ssm", "dev").get_parameter(Name=name, WithDecryption=True)
    return parse_manifest(found["Parameter"]["Value"], source=name)


@pytest.fixture
def enforced(sandbox: LocalSandbox) -> Iterator[None]:
    sandbox.command("enforce-iam")
    yield
    sandbox.command("enforce-iam", "--off")


def verified(dev: Deployment, *, code: int) -> list[dict[str, Any]]:
    done = dev.terrarium("verify", "dev", "--json", check=False)
    assert done.returncode == code, done.stdout + done.stderr
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    return outcomes


def held(sandbox: LocalSandbox, manifest: PlatformManifest) -> dict[str, Any]:
    """Return possible leftovers of a verification: versions, tables, items, queues, subscriptions, role policies."""

    def client(service: str) -> Any:
        return sandbox.client(service, "dev")

    buckets = (
        manifest.artifacts.bucket,
        manifest.registry.bucket,
        manifest.features.warehouse.removeprefix("s3://"),
    )
    versions = {
        (bucket, version["Key"], version["VersionId"])
        for bucket in buckets
        for page in client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
        for version in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        # The code that jobs run is kept under its digest, once.
        if not version["Key"].startswith(f"{manifest.artifacts.artifacts_prefix}code/")
    }
    return {
        "versions": versions,
        "tables": client("glue").get_tables(DatabaseName=manifest.features.catalog_database)["TableList"],
        "items": client("dynamodb").scan(TableName=manifest.features.online_table)["Items"],
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "subscriptions": client("sns").list_subscriptions()["Subscriptions"],
    }


@pytest.mark.usefixtures("enforced")
def test_it_passes_on_a_deployed_environment_and_leaves_nothing_behind(
    dev: Deployment, sandbox: LocalSandbox, manifest: PlatformManifest
) -> None:
    """With IAM enforced, as scientist, job and operator."""
    before = held(sandbox, manifest)
    outcomes = verified(dev, code=0)
    assert [outcome for outcome in outcomes if outcome["status"] == "failed"] == []
    skipped = {(outcome["role"], outcome["check"]) for outcome in outcomes if outcome["status"] == "skipped"}
    assert skipped <= {("scientist", "tunnel"), ("scientist", "multi-node job")}
    assert {outcome["role"] for outcome in outcomes} == {"scientist", "job", "operator"}
    assert held(sandbox, manifest) == before
    listed = dev.terrarium("runs", "list", "--environment", "dev").stdout
    assert "verification_" not in listed
    assert "verification_" not in dev.terrarium("models", "list", "--environment", "dev").stdout
    assert (
        "verification_" not in dev.terrarium("features", "list", "--environment", "dev", check=False).stdout
    )


@pytest.mark.slow
@pytest.mark.usefixtures("enforced")
def test_a_workflow_verifies_with_a_job_that_has_more_rights(
    sandbox: LocalSandbox, manifest: PlatformManifest
) -> None:
    """ci-deploy has no data of its own: the lines of the scientist are skipped, those of the job pass."""
    workflow = as_workflow(sandbox, "dev", manifest.roles.ci_deploy_arn, subject="environment:dev")
    done = subprocess.run(
        [Path(sys.executable).with_name("terrarium"), "verify", "dev", "--json"],
        cwd=sandbox.checkout,
        env=workflow.variables,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = json.loads(done.stdout)
    assert {outcome["status"] for outcome in outcomes if outcome["role"] == "job"} == {"passed"}
    passed = {outcome["check"] for outcome in outcomes if outcome["status"] == "passed"}
    assert {"connect", "job", "failed-job notice", "alarms", "budget"} <= passed


@pytest.mark.slow
@pytest.mark.usefixtures("enforced")
@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_fault_makes_exactly_its_line_fail(
    breakage: Breakage, dev: Deployment, sandbox: LocalSandbox, manifest: PlatformManifest
) -> None:
    with breakage.broken(lambda service: sandbox.client(service, "dev"), manifest):
        outcomes = verified(dev, code=2)
    failed = [outcome for outcome in outcomes if outcome["status"] == "failed"]
    assert {(outcome["role"], outcome["check"]) for outcome in failed} == breakage.lines, failed
    assert failed[0]["cause"], "the table names a likely cause"
