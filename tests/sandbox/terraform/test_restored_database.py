"""A database that starts with a snapshot, as the stack describes it, with the real provider."""

import re
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment
from tests.stacks.synthesized import synthesize
from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import DATABASE, Account, Cluster
from tests.support.terraform import Terraform

_CLUSTER = "terrarium-dev-metadata"
_OF_OTHER_RESOURCES = (
    "db_cluster_parameter_group_name",
    "db_subnet_group_name",
    "depends_on",
    "vpc_security_group_ids",
)


class _Database:
    """The cluster of the stack, without the resources that it refers to."""

    def __init__(self, folder: Path, terraform: Terraform, key: str) -> None:
        self._folder = folder
        self._terraform = terraform
        self._key = key

    def apply(self, snapshot: str | None) -> None:
        """Deploy the cluster with `metadata.restore_from_snapshot`."""
        self._write(snapshot)
        self._terraform.succeed("init")
        self._terraform.succeed("apply", "-auto-approve")

    def changes(self, snapshot: str | None) -> str:
        """Return the plan with `metadata.restore_from_snapshot`; empty if it changes nothing."""
        self._write(snapshot)
        done = self._terraform.run("plan", "-detailed-exitcode")
        differing = [line for line in done.stdout.splitlines() if re.match(r" +[-+~/]+ ", line)]
        return "" if done.returncode == 0 else "\n".join(differing) or done.stderr

    def _write(self, snapshot: str | None) -> None:
        document = load_environment("dev").model_dump(mode="json")
        document["metadata"]["restore_from_snapshot"] = snapshot
        stack = synthesize([Environment.model_validate(document)], self._folder / "synthesized")["dev"]
        cluster = stack.resource("aws_rds_cluster", "metadata/cluster")
        own = {name: value for name, value in cluster.items() if name not in _OF_OTHER_RESOURCES}
        own |= {
            "database_name": DATABASE,
            "engine_version": "17.7",
            "master_username": "master_user",
            "kms_key_id": self._key,
            "master_user_secret_kms_key_id": self._key,
        }
        self._terraform.write(
            {
                "terraform": {"required_providers": stack.document["terraform"]["required_providers"]},
                "provider": {"aws": [{"region": "eu-central-1"}]},
                "resource": {"aws_rds_cluster": {"cluster": own}},
            }
        )


@pytest.fixture
def account(sandbox: LocalSandbox) -> Account:
    return Account.of(sandbox, "dev")


@pytest.fixture
def database(account: Account, sandbox: LocalSandbox, tmp_path: Path) -> _Database:
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    return _Database(tmp_path, Terraform(tmp_path, sandbox.environment("dev")), key)


@pytest.fixture
def snapshot(account: Account) -> str:
    """A snapshot of a database whose table `kept` says 1."""
    cluster = account.create_cluster(EngineVersion="17.7", StorageEncrypted=True)
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE kept AS SELECT 1 AS one")
    cluster.delete(FinalDBSnapshotIdentifier="taken-down")
    return "taken-down"


def _kept(cluster: Cluster) -> Any:
    with cluster.connect_as_master() as master:
        return master.execute("SELECT one FROM kept").fetchone()


@pytest.mark.slow  # the provider waits a minute
def test_a_new_cluster_starts_with_the_snapshot_and_an_existing_one_stays(
    account: Account, database: _Database, snapshot: str
) -> None:
    database.apply(snapshot)
    database.apply(snapshot)  # sets what RDS does not restore
    assert _kept(Cluster(account, _CLUSTER)) == (1,)
    assert database.changes(snapshot) == ""
    assert database.changes("another") == ""
    assert database.changes(None) == ""
    Cluster(account, _CLUSTER).delete()
    account.client("rds").delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=snapshot)
