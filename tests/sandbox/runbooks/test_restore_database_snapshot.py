"""The runbook for a database that is restored from a snapshot."""

import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.restored_runs import drop_all_runs, record_run, run_names
from tests.support.runbook import Runbook

_SNAPSHOT = "terrarium-dev-before"


@pytest.mark.slow  # deploys, and verifies every path
def test_the_database_is_as_in_the_snapshot_and_the_sdk_works(
    dev: Deployment, operator: LocalSandbox, runbook: Runbook
) -> None:
    """A run is recorded and a snapshot taken; then somebody drops the schema."""
    rds = dev.sandbox.client("rds", dev.name)
    record_run(dev, "restore-database-snapshot", "kept")
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="terrarium-dev-metadata", DBClusterSnapshotIdentifier=_SNAPSHOT
    )
    drop_all_runs(dev)
    with pytest.raises(AssertionError, match="does not exist"):
        run_names(dev, "restore-database-snapshot")

    values = {"environment": dev.name, "snapshot": _SNAPSHOT}
    runbook.follow(operator.environment(dev.name), checkout=operator.checkout, values=values)

    assert run_names(dev, "restore-database-snapshot") == ["kept"]
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=_SNAPSHOT)
