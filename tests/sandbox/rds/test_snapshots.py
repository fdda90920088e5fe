"""Snapshots of databases, and restores from them and to points in time."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

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


def test_a_cluster_is_restored_as_it_was_at_a_time(account: Account, cluster: Cluster) -> None:
    """A change and a deletion after the time are undone; the restored cluster can be restored, too."""
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE dropped AS SELECT 1 AS one")
    before = _after_a_moment()
    with cluster.connect_as_master() as master:
        master.execute("UPDATE kept SET one = 2")
        master.execute("DROP TABLE dropped")
    restored = _restored(account, cluster, before)
    with restored.connect_as_master() as master:
        assert master.execute("SELECT kept.one, dropped.one FROM kept, dropped").fetchone() == (1, 1)
    with restored.connect_as_master() as master:
        master.execute("UPDATE kept SET one = 3")
    later = _after_a_moment()
    with restored.connect_as_master() as master:
        master.execute("UPDATE kept SET one = 4")
    again = _restored(account, restored, later)
    assert (_kept(again), _kept(restored), _kept(cluster)) == ((3,), (4,), (2,))
    for one in (again, restored, cluster):
        one.delete()


def test_a_time_after_the_last_change_restores_the_last_change(account: Account, cluster: Cluster) -> None:
    restored = _restored(account, cluster, _after_a_moment())
    assert _kept(restored) == (1,)
    restored.delete()
    cluster.delete()


def test_a_restored_cluster_has_neither_security_groups_nor_protection_of_its_source(
    account: Account,
) -> None:
    """The request states them, or the cluster has the default ones."""
    cluster = account.create_cluster(VpcSecurityGroupIds=["sg-of-the-source"], DeletionProtection=True)
    rds = account.client("rds")
    rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster.name, DBClusterSnapshotIdentifier="test-own")
    by_time = _restored(account, cluster, datetime.now(UTC))
    by_snapshot = Cluster(account, f"{cluster.name}-snapshot")
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=by_snapshot.name, SnapshotIdentifier="test-own", Engine="aurora-postgresql"
    )
    for restored in (by_time, by_snapshot):
        description = restored.description
        groups = [group["VpcSecurityGroupId"] for group in description["VpcSecurityGroups"]]
        assert ("sg-of-the-source" in groups, description["DeletionProtection"]) == (False, False)
        restored.delete()
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="test-own")
    cluster.modify(DeletionProtection=False)
    cluster.delete()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_time_outside_of_the_restorable_window_is_refused(
    account: Account, cluster: Cluster, days: int
) -> None:
    with pytest.raises(ClientError, match="restorable time"):
        _restored(account, cluster, datetime.now(UTC) + timedelta(days=days))
    cluster.delete()


def _after_a_moment() -> datetime:
    """Return a time between two changes: RDS restores to seconds."""
    time.sleep(1)
    now = datetime.now(UTC).replace(microsecond=0)
    time.sleep(1)
    return now


def _restored(account: Account, cluster: Cluster, moment: datetime) -> Cluster:
    restored = Cluster(account, f"{cluster.name}-restored")
    account.client("rds").restore_db_cluster_to_point_in_time(
        DBClusterIdentifier=restored.name, SourceDBClusterIdentifier=cluster.name, RestoreToTime=moment
    )
    return restored
