"""Snapshots of databases, and restores from them."""

import pytest

from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import Account, Cluster


@pytest.fixture(scope="module")
def account(sandbox: LocalSandbox) -> Account:
    return Account.of(sandbox, "dev")


@pytest.fixture
def cluster(account: Account) -> Cluster:
    """A cluster whose table `kept` says 1."""
    cluster = account.create_cluster()
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE kept AS SELECT 1 AS one")
    return cluster


def _kept(cluster: Cluster) -> object:
    with cluster.connect_as_master() as master:
        return master.execute("SELECT one FROM kept").fetchone()


def test_the_final_snapshot_brings_a_deleted_cluster_back(account: Account, cluster: Cluster) -> None:
    rds = account.client("rds")
    cluster.delete(FinalDBSnapshotIdentifier="test-final")
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=cluster.name, SnapshotIdentifier="test-final", Engine="aurora-postgresql"
    )
    assert _kept(cluster) == (1,)
    cluster.delete()
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="test-final")


def test_a_snapshot_and_its_copy_are_of_their_moment(account: Account, cluster: Cluster) -> None:
    rds = account.client("rds")
    rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster.name, DBClusterSnapshotIdentifier="test-then")
    with cluster.connect_as_master() as master:
        master.execute("UPDATE kept SET one = 2")
    rds.copy_db_cluster_snapshot(
        SourceDBClusterSnapshotIdentifier="test-then", TargetDBClusterSnapshotIdentifier="test-copy"
    )
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="test-then")
    restored = Cluster(account, f"{cluster.name}-then")
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=restored.name, SnapshotIdentifier="test-copy", Engine="aurora-postgresql"
    )
    assert (_kept(restored), _kept(cluster)) == ((1,), (2,))
    assert restored.description["Port"] != cluster.description["Port"]
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="test-copy")
    restored.delete()
    cluster.delete()


def test_a_cluster_is_cloned_as_it_is_now(account: Account, cluster: Cluster) -> None:
    clone = Cluster(account, f"{cluster.name}-clone")
    account.client("rds").restore_db_cluster_to_point_in_time(
        DBClusterIdentifier=clone.name, SourceDBClusterIdentifier=cluster.name, UseLatestRestorableTime=True
    )
    assert _kept(clone) == (1,)
    clone.delete()
    cluster.delete()
