"""The runbook for taking an environment down, and up again under the same name."""

from pathlib import Path

import pytest

from tests.support.deployment import Deployment
from tests.support.edited_checkout import edited_checkout
from tests.support.local_sandbox import LocalSandbox
from tests.support.runbook import Runbook

RUN = """
import terrarium
with terrarium.connect("staging").experiment("taken-down").run("recorded before") as run:
    run.log_metrics({"kept": 1.0})
"""


@pytest.fixture
def staging(own_sandbox: LocalSandbox, tmp_path: Path) -> Deployment:
    """`staging`, which is protected, deployed from a checkout of its own."""
    own_sandbox.command("up", "--port", "0")
    checkout = edited_checkout(own_sandbox, tmp_path / "checkout", lambda _, text: text)
    deployment = Deployment(checkout, "staging", checkout.checkout / "cdktf.out")
    deployment.terrarium("bootstrap", "staging")
    deployment.deploy()
    deployment.terrarium("images", "push", "staging")
    deployment.terrarium("migrate", "staging")
    return deployment


@pytest.mark.slow  # deploys five times
def test_it_comes_back_under_its_name_with_its_database(staging: Deployment, runbook: Runbook) -> None:
    staging.python("-c", RUN)
    printed = runbook.follow(
        staging.shell, checkout=staging.sandbox.checkout, values={"environment": "staging"}
    )
    assert "recorded before" in printed
    snapshots = staging.sandbox.client("rds", "staging").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    names = [snapshot["DBClusterSnapshotIdentifier"] for snapshot in snapshots]
    assert [name[-5:] for name in names if not name.startswith("rds:")] == [
        "-kept"
    ]  # RDS makes "rds:…" itself
