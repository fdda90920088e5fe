"""Recovery of a killed database server: committed data is kept, and its status is true."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import Account, Cluster

_PATIENCE_SECONDS = 60.0


@pytest.fixture
def cluster(sandbox: LocalSandbox) -> Iterator[Cluster]:
    """A cluster with one instance; its table `kept` says 1."""
    account = Account.of(sandbox, "dev")
    cluster = account.create_cluster()
    rds = account.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster.name}-1",
        DBClusterIdentifier=cluster.name,
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE kept AS SELECT 1 AS one")
    yield cluster
    rds.delete_db_instance(DBInstanceIdentifier=f"{cluster.name}-1", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=cluster.name, SkipFinalSnapshot=True)


def _postmaster(cluster: Cluster) -> psutil.Process:
    name = cluster.description["DbClusterResourceId"]
    for process in psutil.process_iter(["name", "cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if process.info["name"] == "postgres" and f"{name}/data" in line:
            return process
    raise AssertionError(f"no postmaster of {name}")


def _gateway(cluster: Cluster) -> psutil.Process:
    port = cluster.description["Port"]
    for process in psutil.process_iter(["cmdline"]):
        if "terrarium_sandbox.postgres.gateway" in (process.info["cmdline"] or []):
            listening = [
                one.laddr.port for one in process.net_connections() if one.status == psutil.CONN_LISTEN
            ]
            if listening == [port]:
                return process
    raise AssertionError(f"no gateway at {port}")


def _statuses(cluster: Cluster) -> set[str]:
    (instance,) = cluster.account.client("rds").describe_db_instances(
        DBInstanceIdentifier=f"{cluster.name}-1"
    )["DBInstances"]
    return {cluster.description["Status"], instance["DBInstanceStatus"]}


def _kept(cluster: Cluster) -> object:
    """The row, as soon as RDS says that the database is available."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _statuses(cluster) != {"available"}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with cluster.connect_as_master() as master:
        return master.execute("SELECT one FROM kept").fetchone()


@pytest.mark.parametrize("find", [_postmaster, _gateway], ids=["postmaster", "gateway"])
def test_a_killed_server_comes_back(cluster: Cluster, find: object) -> None:
    assert callable(find)
    victim: psutil.Process = find(cluster)
    described = cluster.description
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(_PATIENCE_SECONDS)
    assert _kept(cluster) == (1,)
    assert cluster.description["Port"] == described["Port"]


def test_a_database_that_is_down_is_not_available(cluster: Cluster) -> None:
    """The program that PostgreSQL is started with is away, so that it stays down for as long as the test looks."""
    data = Path(_postmaster(cluster).cmdline()[2])
    hidden = data / "PG_VERSION.hidden"
    (data / "PG_VERSION").rename(hidden)
    victim = _postmaster(cluster)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(_PATIENCE_SECONDS)
    try:
        assert _statuses(cluster) == {"rebooting"}
        with pytest.raises(psycopg.OperationalError):
            cluster.connect_as_master()
    finally:
        hidden.rename(data / "PG_VERSION")
    assert _kept(cluster) == (1,)


def test_reboot_db_instance_restarts_the_server(cluster: Cluster) -> None:
    before = _postmaster(cluster).pid
    cluster.account.client("rds").reboot_db_instance(DBInstanceIdentifier=f"{cluster.name}-1")
    assert _postmaster(cluster).pid != before
    assert _kept(cluster) == (1,)
