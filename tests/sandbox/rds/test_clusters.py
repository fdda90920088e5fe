"""DB clusters are real PostgreSQL servers."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox
from tests.support.rds_client import DATABASE, Account, Cluster


@pytest.fixture(scope="module")
def account(sandbox: LocalSandbox) -> Account:
    return Account.of(sandbox, "dev")


@pytest.fixture(scope="module")
def other_account(sandbox: LocalSandbox) -> Account:
    return Account.of(sandbox, "prod")


@pytest.fixture(scope="module")
def cluster(account: Account) -> Iterator[Cluster]:
    cluster = account.create_cluster()
    yield cluster
    cluster.delete()


def _opens(cluster: Cluster, secret: dict[str, str]) -> bool:
    try:
        cluster.connect(user=secret["username"], password=secret["password"]).close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            return False
        raise
    return True


def _processes(cluster: Cluster) -> list[psutil.Process]:
    resource_id = cluster.description["DbClusterResourceId"]
    return [one for one in psutil.process_iter() if any(resource_id in word for word in _command(one))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_the_managed_secret_opens_the_database_that_was_asked_for(cluster: Cluster) -> None:
    with cluster.connect_as_master() as master:
        assert master.execute("SELECT current_user, current_database()").fetchone() == (
            "master_user",
            DATABASE,
        )


def test_the_reader_and_the_instances_are_at_the_same_place(account: Account, cluster: Cluster) -> None:
    rds = account.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster.name}-1",
        DBClusterIdentifier=cluster.name,
        Engine="aurora-postgresql",
        DBInstanceClass="db.serverless",
    )
    (instance,) = rds.describe_db_instances(DBInstanceIdentifier=f"{cluster.name}-1")["DBInstances"]
    described = cluster.description
    assert described["ReaderEndpoint"] == described["Endpoint"] == instance["Endpoint"]["Address"]
    assert instance["Endpoint"]["Port"] == described["Port"]
    rds.delete_db_instance(DBInstanceIdentifier=f"{cluster.name}-1", SkipFinalSnapshot=True)


def test_resources_have_ids_of_their_own(account: Account) -> None:
    rds = account.client("rds")
    names = ["test-ids-1", "test-ids-2"]
    for name in names:
        rds.create_db_instance(DBInstanceIdentifier=name, Engine="mysql", DBInstanceClass="db.t3.micro",
                               MasterUsername="root", MasterUserPassword="a password", AllocatedStorage=20)  # fmt: skip
    instances = [rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0] for name in names]
    assert len({instance["DbiResourceId"] for instance in instances}) == 2
    # There is no data plane for other engines: they stay moto's.
    assert all(instance["Endpoint"]["Address"].endswith("rds.amazonaws.com") for instance in instances)
    for name in names:
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def test_serverless_v2_shows_no_scaling_of_v1(cluster: Cluster) -> None:
    described = cluster.description
    assert described["ServerlessV2ScalingConfiguration"]["MaxCapacity"] == 1
    assert "ScalingConfigurationInfo" not in described


def test_rotating_the_secret_changes_the_password(account: Account, cluster: Cluster) -> None:
    first = cluster.secret()
    arn = cluster.description["MasterUserSecret"]["SecretArn"]
    account.client("secretsmanager").rotate_secret(SecretId=arn)
    second = cluster.secret()
    cluster.modify(RotateMasterUserPassword=True)
    third = cluster.secret()
    assert [_opens(cluster, secret) for secret in (first, second, third)] == [False, False, True]


def test_a_secret_that_is_managed_already_stays(cluster: Cluster) -> None:
    before = cluster.description["MasterUserSecret"]["SecretArn"], cluster.secret()
    cluster.modify(ManageMasterUserPassword=True)
    assert (cluster.description["MasterUserSecret"]["SecretArn"], cluster.secret()) == before


def test_an_own_password_takes_the_managed_ones_place(account: Account) -> None:
    cluster = account.create_cluster()
    arn = cluster.description["MasterUserSecret"]["SecretArn"]
    cluster.modify(ManageMasterUserPassword=False, MasterUserPassword="a password of our own")
    assert _opens(cluster, {"username": "master_user", "password": "a password of our own"})
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        account.client("secretsmanager").get_secret_value(SecretId=arn)
    cluster.modify(ManageMasterUserPassword=True)
    assert _opens(cluster, cluster.secret())
    cluster.delete()


def test_a_cluster_moves_to_another_port_with_its_data(cluster: Cluster) -> None:
    with cluster.connect_as_master() as master:
        master.execute("CREATE TABLE luggage AS SELECT 1 AS one")
    port = cluster.description["Port"]
    other = 19_000 + port % 1_000
    cluster.modify(Port=other)
    assert cluster.description["Port"] == other
    with cluster.connect_as_master() as master:
        assert master.execute("SELECT one FROM luggage").fetchone() == (1,)


def test_a_stopped_cluster_does_not_answer_until_it_is_started(account: Account, cluster: Cluster) -> None:
    rds = account.client("rds")
    rds.stop_db_cluster(DBClusterIdentifier=cluster.name)
    assert cluster.description["Status"] == "stopped"
    with pytest.raises(psycopg.OperationalError, match="Connection refused"):
        cluster.connect_as_master()
    with pytest.raises(ClientError, match="is stopped"):
        account.client("secretsmanager").rotate_secret(
            SecretId=cluster.description["MasterUserSecret"]["SecretArn"]
        )
    rds.start_db_cluster(DBClusterIdentifier=cluster.name)
    cluster.connect_as_master().close()


def test_rds_force_ssl_of_the_parameter_group_counts_at_once(account: Account) -> None:
    rds, name = account.client("rds"), "test-force-ssl"
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql16", Description="test"
    )
    cluster = account.create_cluster(DBClusterParameterGroupName=name)
    secret = cluster.secret()
    plain = {"user": secret["username"], "password": secret["password"], "sslmode": "disable"}
    with pytest.raises(psycopg.OperationalError, match="no encryption"):  # RDS' default since PostgreSQL 15
        cluster.connect(**plain)
    parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=name, Parameters=[parameter])
    cluster.connect(**plain).close()
    cluster.delete()


def test_accounts_do_not_share_clusters(account: Account, other_account: Account) -> None:
    ours = account.create_cluster(DBClusterIdentifier="test-same-name")
    theirs = other_account.create_cluster(DBClusterIdentifier="test-same-name")
    with ours.connect_as_master() as master:
        master.execute("CREATE TABLE ours ()")
    with theirs.connect_as_master() as master:
        assert master.execute("SELECT to_regclass('ours')").fetchone() == (None,)
    theirs.delete()
    ours.connect_as_master().close()
    ours.delete()


def test_nothing_is_left_of_a_deleted_cluster(account: Account) -> None:
    cluster = account.create_cluster()
    processes = _processes(cluster)
    folders = {argument for one in processes for argument in _command(one) if argument.startswith("/")}
    assert processes
    arn = cluster.description["MasterUserSecret"]["SecretArn"]
    cluster.delete()
    assert all(_has_ended(process) for process in processes)
    assert not [folder for folder in folders if Path(folder).is_dir()]
    snapshots = account.client("rds").describe_db_cluster_snapshots(DBClusterIdentifier=cluster.name)
    assert snapshots["DBClusterSnapshots"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        account.client("secretsmanager").get_secret_value(SecretId=arn)


def test_deletion_protection_protects(account: Account) -> None:
    cluster = account.create_cluster(DeletionProtection=True)
    with pytest.raises(ClientError, match="disable deletion protection"):
        cluster.delete()
    cluster.connect_as_master().close()
    cluster.modify(DeletionProtection=False)
    cluster.delete()


def test_data_is_not_deleted_by_leaving_a_word_out(account: Account, cluster: Cluster) -> None:
    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier is required"):
        account.client("rds").delete_db_cluster(DBClusterIdentifier=cluster.name)
    cluster.connect_as_master().close()


def test_a_second_cluster_of_the_same_name_is_refused(account: Account, cluster: Cluster) -> None:
    with pytest.raises(ClientError, match="DBClusterAlreadyExistsFault"):
        account.create_cluster(DBClusterIdentifier=cluster.name)
    cluster.connect_as_master().close()


@pytest.mark.parametrize("name", ["admin", "rdsadmin", "1st", "a b", 'a"b'])
def test_names_that_rds_refuses_are_refused(account: Account, name: str) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        account.create_cluster(DBClusterIdentifier="test-refused", MasterUsername=name)
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        account.client("rds").describe_db_clusters(DBClusterIdentifier="test-refused")


def test_a_cluster_that_cannot_listen_is_not_created(account: Account, cluster: Cluster) -> None:
    with pytest.raises(ClientError, match="cannot listen"):
        account.create_cluster(DBClusterIdentifier="test-busy", Port=cluster.description["Port"])
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        account.client("rds").describe_db_clusters(DBClusterIdentifier="test-busy")


def _has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
