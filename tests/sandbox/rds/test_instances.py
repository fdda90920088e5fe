"""DB instances without a cluster are PostgreSQL servers."""

from typing import Any

import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import Account

_PASSWORD = "a master password"


@pytest.fixture(scope="module")
def rds(sandbox: LocalSandbox) -> Any:
    return Account.of(sandbox, "dev").client("rds")


def _create(rds: Any, name: str) -> None:
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        Engine="postgres",
        EngineVersion="16.10",
        DBInstanceClass="db.t4g.micro",
        DBName="lab",
        MasterUsername="master_user",
        MasterUserPassword=_PASSWORD,
        AllocatedStorage=20,
    )


def _connect(rds: Any, name: str, password: str = _PASSWORD) -> "psycopg.Connection[tuple[Any, ...]]":
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    host, port = instance["Endpoint"]["Address"], instance["Endpoint"]["Port"]
    return psycopg.connect(
        host=host,
        port=port,
        dbname="lab",
        user="master_user",
        password=password,
        sslmode="require",
        autocommit=True,
    )


def test_its_life(rds: Any) -> None:
    _create(rds, "alone")
    with _connect(rds, "alone") as master:
        master.execute("CREATE TABLE kept AS SELECT 1 AS one")
    rds.stop_db_instance(DBInstanceIdentifier="alone")
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        _connect(rds, "alone")
    rds.start_db_instance(DBInstanceIdentifier="alone")
    rds.modify_db_instance(
        DBInstanceIdentifier="alone", MasterUserPassword="another password", ApplyImmediately=True
    )
    with _connect(rds, "alone", "another password") as master:
        assert master.execute("SELECT one FROM kept").fetchone() == (1,)
    rds.delete_db_instance(DBInstanceIdentifier="alone", FinalDBSnapshotIdentifier="alone-final")
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="alone-final")
    with _connect(rds, "again", "another password") as master:
        assert master.execute("SELECT one FROM kept").fetchone() == (1,)
    rds.delete_db_instance(DBInstanceIdentifier="again", SkipFinalSnapshot=True)
    rds.delete_db_snapshot(DBSnapshotIdentifier="alone-final")


def test_read_replicas_are_said_not_to_exist(rds: Any) -> None:
    _create(rds, "primary")
    with pytest.raises(ClientError, match="does not implement rds:CreateDBInstanceReadReplica"):
        rds.create_db_instance_read_replica(
            DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="primary"
        )
    rds.delete_db_instance(DBInstanceIdentifier="primary", SkipFinalSnapshot=True)
