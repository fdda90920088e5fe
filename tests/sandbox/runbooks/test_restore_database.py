"""The runbook for a database that is restored to a point in time."""

import time
from datetime import UTC, datetime

import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.restored_runs import drop_all_runs, record_run, run_names
from tests.support.runbook import Runbook


@pytest.mark.slow  # deploys, and verifies every path
def test_the_database_is_as_it_was_and_the_sdk_works(
    dev: Deployment, operator: LocalSandbox, runbook: Runbook
) -> None:
    """A run is recorded; then somebody drops the schema."""
    record_run(dev, "restore-database", "kept")
    time.sleep(1)
    before = datetime.now(UTC)
    time.sleep(1)
    drop_all_runs(dev)
    with pytest.raises(AssertionError, match="does not exist"):
        run_names(dev, "restore-database")

    values = {"environment": dev.name, "time": before.strftime("%Y-%m-%dT%H:%M:%SZ")}
    runbook.follow(operator.environment(dev.name), checkout=operator.checkout, values=values)

    assert run_names(dev, "restore-database") == ["kept"]
    clusters = dev.sandbox.client("rds", dev.name).describe_db_clusters()["DBClusters"]
    assert [cluster["DBClusterIdentifier"] for cluster in clusters] == ["terrarium-dev-metadata"]
