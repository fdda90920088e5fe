"""`terrarium restore-database`: the exchange of a cluster for a restored one, also after interruptions."""

from collections.abc import Iterator
from typing import Any

import pytest

from operations.restore_database import Replacement
from terrarium.errors import InvalidRequestError
from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import Account, Cluster

_SNAPSHOT = "test-before"


class _InterruptedError(Exception):
    """The operator's connection broke."""


@pytest.fixture
def cluster(sandbox: LocalSandbox) -> Iterator[Cluster]:
    """A cluster with an instance. Its table `kept` says 1 in a snapshot, and 2 now."""
    account = Account.of(sandbox, "dev")
    cluster = account.create_cluster(StorageEncrypted=True, CopyTagsToSnapshot=True)
    rds = account.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster.name}-0",
        DBClusterIdentifier=cluster.name,
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
        PromotionTier=3,
    )
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE kept AS SELECT 1 AS one")
    rds.create_db_cluster_snapshot(DBClusterIdentifier=cluster.name, DBClusterSnapshotIdentifier=_SNAPSHOT)
    with cluster.connect_as_master() as master:
        master.execute("UPDATE kept SET one = 2")
    yield cluster
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=_SNAPSHOT)
    for instance in rds.describe_db_instances()["DBInstances"]:
        if cluster.name in instance["DBInstanceIdentifier"]:
            rds.delete_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"])
    for found in rds.describe_db_clusters()["DBClusters"]:
        if cluster.name in found["DBClusterIdentifier"]:
            rds.delete_db_cluster(DBClusterIdentifier=found["DBClusterIdentifier"], SkipFinalSnapshot=True)


def _kept(cluster: Cluster) -> object:
    with cluster.connect_as_master() as master:
        return master.execute("SELECT one FROM kept").fetchone()


def _instances(cluster: Cluster) -> list[tuple[str, int, str]]:
    rds = cluster.account.client("rds")
    found = rds.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [cluster.name]}])
    return [
        (instance["DBInstanceIdentifier"], instance["PromotionTier"], instance["DBInstanceClass"])
        for instance in found["DBInstances"]
    ]


def _settings(cluster: Cluster) -> dict[str, Any]:
    described = cluster.description
    names = ("DBClusterParameterGroup", "DBSubnetGroup", "IAMDatabaseAuthenticationEnabled", "KmsKeyId")
    return {name: described[name] for name in (*names, "ServerlessV2ScalingConfiguration")}


def _replace(replacement: Replacement) -> None:
    replacement.restore_from(_SNAPSHOT)
    replacement.exchange()


@pytest.mark.parametrize(
    "interruption",
    [None, *(pytest.param(one, marks=pytest.mark.slow) for one in ("restoring", "renaming 1", "renaming 2"))],
)
def test_the_restored_cluster_takes_the_place_of_the_present_one(
    cluster: Cluster, interruption: str | None
) -> None:
    """Interrupted after any step and repeated, the result is the same: names, settings, instances and rows."""
    before = _settings(cluster)
    replaced = Cluster(cluster.account, f"{cluster.name}-replaced")
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        renamings = sum(line.startswith("renaming") for line in said)
        if interruption in {f"renaming {renamings}", text.partition(" ")[0]} and len(said) < 10:
            said.extend(["interrupted"] * 10)
            raise _InterruptedError

    replacement = Replacement(cluster.account.client("rds"), identifier=cluster.name, say=say)
    if interruption:
        with pytest.raises(_InterruptedError):
            _replace(replacement)
    _replace(replacement)

    assert (_kept(cluster), _kept(replaced)) == ((1,), (2,))
    assert _settings(cluster) == before
    assert _instances(cluster) == [(f"{cluster.name}-0", 3, "db.serverless")]
    assert _instances(replaced) == [(f"{cluster.name}-replaced-0", 3, "db.serverless")]
    with pytest.raises(InvalidRequestError, match=r"replaced before: .*-replaced still exists"):
        replacement.restore_from(_SNAPSHOT)
