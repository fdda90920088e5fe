"""Databases survive every end of the sandbox's process."""

import os
import signal

import psutil
import pytest

from terrarium_sandbox.home import Home
from terrarium_sandbox.process.child_processes import Children
from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import Account, Cluster


@pytest.fixture
def cluster(own_sandbox: LocalSandbox) -> Cluster:
    """The cluster of a sandbox that may be ended; its table `kept` says 1."""
    own_sandbox.command("up", "--port", "0")
    cluster = Account.of(own_sandbox, "dev").create_cluster(DBClusterIdentifier="kept")
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE kept AS SELECT 1 AS one")
    return cluster


def _again(sandbox: LocalSandbox) -> Cluster:
    sandbox.command("up", "--port", "0")
    return Cluster(Account.of(sandbox, "dev"), "kept")


def _what_must_stay(cluster: Cluster) -> tuple[object, ...]:
    described, secret = cluster.description, cluster.secret()
    with cluster.connect_as_master() as master:
        row = master.execute("SELECT one FROM kept").fetchone()
    return described["Endpoint"], described["Port"], described["DbClusterResourceId"], secret, row


def test_down_stops_the_databases_and_up_starts_those_that_ran(
    own_sandbox: LocalSandbox, cluster: Cluster
) -> None:
    cluster.account.create_cluster(DBClusterIdentifier="resting")
    cluster.account.client("rds").stop_db_cluster(DBClusterIdentifier="resting")
    before = _what_must_stay(cluster)
    processes = [psutil.Process(pid) for pid in _children(own_sandbox)]
    own_sandbox.command("down")
    assert processes
    assert not [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    again = _again(own_sandbox)
    assert _what_must_stay(again) == before
    resting = Cluster(again.account, "resting")
    assert resting.description["Status"] == "stopped"
    again.account.client("rds").start_db_cluster(DBClusterIdentifier="resting")
    resting.connect_as_master().close()


def test_up_ends_databases_of_a_killed_sandbox_without_loss(
    own_sandbox: LocalSandbox, cluster: Cluster
) -> None:
    """The worst case: its gateways are killed with it, so that the postmasters become orphans."""
    before = _what_must_stay(cluster)
    processes = [psutil.Process(pid) for pid in _children(own_sandbox)]
    orphans = [one for one in processes if one.name() == "postgres"]
    record = own_sandbox.process()
    assert orphans
    assert record
    for pid in (record.process.pid, *(one.pid for one in processes if one not in orphans)):
        os.kill(pid, signal.SIGKILL)
    again = _again(own_sandbox)
    assert not [one for one in orphans if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert _what_must_stay(again) == before


def test_reset_removes_the_databases(own_sandbox: LocalSandbox, cluster: Cluster) -> None:
    del cluster
    own_sandbox.command("reset", "--yes")
    assert _children(own_sandbox) == []
    account = Account.of(own_sandbox, "dev")
    assert account.client("rds").describe_db_clusters()["DBClusters"] == []


def _children(sandbox: LocalSandbox) -> list[int]:
    return Children(Home(sandbox.home).children_folder).running()
