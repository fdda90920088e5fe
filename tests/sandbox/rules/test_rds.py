"""Rules of RDS. The clusters are MySQL's where no database needs to run."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by

_MYSQL = {"Engine": "aurora-mysql", "MasterUsername": "owner", "MasterUserPassword": "correct horse"}
_POSTGRESQL = {**_MYSQL, "Engine": "aurora-postgresql"}


@pytest.fixture
def rds(client: Client) -> Any:
    return client("rds")


def subnets(client: Client, *zones: str) -> list[str]:
    """A subnet in each of the zones, in a VPC of its own."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.200.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.200.{number}.0/24", AvailabilityZone=f"{ec2.meta.region_name}{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate(zones)
    ]


def parameter_group(rds: Any, name: str, family: str) -> None:
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description=name
    )


@pytest.mark.parametrize("version", ["16.6", "15.4"])
def test_a_cluster_is_not_created_with_a_deprecated_version(rds: Any, version: str) -> None:
    with refused_by(
        "engine-version-that-cannot-be-created",
        message=f"Cannot find version {version} for aurora-postgresql",
    ):
        rds.create_db_cluster(DBClusterIdentifier="old", EngineVersion=version, **_POSTGRESQL)


def test_a_cluster_is_created_with_a_version_that_is_not_deprecated(rds: Any) -> None:
    rds.create_db_cluster(DBClusterIdentifier="current", EngineVersion="8.0.mysql_aurora.3.10.0", **_MYSQL)
    rds.delete_db_cluster(DBClusterIdentifier="current", SkipFinalSnapshot=True)


def test_a_cluster_goes_only_to_higher_versions(rds: Any) -> None:
    version = "8.0.mysql_aurora.3.10.0"
    rds.create_db_cluster(DBClusterIdentifier="upgraded", EngineVersion=version, **_MYSQL)
    with refused_by("engine-downgrade", message=f"from {version} to 8.0.mysql_aurora.3.08.0"):
        rds.modify_db_cluster(
            DBClusterIdentifier="upgraded", EngineVersion="8.0.mysql_aurora.3.08.0", ApplyImmediately=True
        )
    rds.modify_db_cluster(
        DBClusterIdentifier="upgraded", EngineVersion="8.0.mysql_aurora.3.10.1", ApplyImmediately=True
    )
    with refused_by("major-upgrade-must-be-allowed"):
        rds.modify_db_cluster(DBClusterIdentifier="upgraded", EngineVersion="9.0.mysql_aurora.4.0.0")
    rds.delete_db_cluster(DBClusterIdentifier="upgraded", SkipFinalSnapshot=True)


def test_a_parameter_group_is_of_the_engines_family(rds: Any) -> None:
    parameter_group(rds, "sixteen", "aurora-postgresql16")
    with refused_by("parameter-group-of-another-family", message="aurora-postgresql17"):
        rds.create_db_cluster(
            DBClusterIdentifier="seventeen",
            EngineVersion="17.5",
            DBClusterParameterGroupName="sixteen",
            **_POSTGRESQL,
        )
    rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="sixteen")


def test_the_groups_of_a_cluster_must_exist(rds: Any) -> None:
    with refused_by("cluster-parameter-group-must-exist"):
        rds.create_db_cluster(DBClusterIdentifier="c", DBClusterParameterGroupName="none", **_MYSQL)
    with refused_by("db-subnet-group-must-exist"):
        rds.create_db_cluster(DBClusterIdentifier="c", DBSubnetGroupName="none", **_MYSQL)


def test_the_groups_of_a_cluster_stay_as_long_as_it_does(client: Client, rds: Any) -> None:
    parameter_group(rds, "used", "aurora-mysql8.0")
    rds.create_db_subnet_group(
        DBSubnetGroupName="used", DBSubnetGroupDescription="used", SubnetIds=subnets(client, "a", "b")
    )
    rds.create_db_cluster(
        DBClusterIdentifier="user", DBClusterParameterGroupName="used", DBSubnetGroupName="used", **_MYSQL
    )
    with refused_by("cluster-parameter-group-in-use-cannot-be-deleted"):
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="used")
    with refused_by("db-subnet-group-in-use-cannot-be-deleted", message="database cluster: user"):
        rds.delete_db_subnet_group(DBSubnetGroupName="used")
    rds.delete_db_cluster(DBClusterIdentifier="user", SkipFinalSnapshot=True)
    rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="used")
    rds.delete_db_subnet_group(DBSubnetGroupName="used")


def test_a_subnet_group_covers_two_zones(client: Client, rds: Any) -> None:
    with refused_by("db-subnet-group-covers-two-zones"):
        rds.create_db_subnet_group(
            DBSubnetGroupName="one", DBSubnetGroupDescription="one", SubnetIds=subnets(client, "a", "a")
        )


def test_a_subnet_group_is_in_one_vpc(client: Client, rds: Any) -> None:
    (one, *_), (*_, other) = subnets(client, "a", "b"), subnets(client, "a", "b")
    with refused_by("db-subnet-group-one-vpc"):
        rds.create_db_subnet_group(
            DBSubnetGroupName="two", DBSubnetGroupDescription="two", SubnetIds=[one, other]
        )


def test_security_groups_of_a_cluster_are_in_its_vpc(client: Client, rds: Any) -> None:
    ec2 = client("ec2")
    rds.create_db_subnet_group(
        DBSubnetGroupName="here", DBSubnetGroupDescription="here", SubnetIds=subnets(client, "a", "b")
    )
    elsewhere = ec2.create_vpc(CidrBlock="10.201.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="elsewhere", Description="elsewhere", VpcId=elsewhere)
    with refused_by("database-security-groups-in-its-vpc", message=f"security group is in {elsewhere}"):
        rds.create_db_cluster(
            DBClusterIdentifier="apart",
            DBSubnetGroupName="here",
            VpcSecurityGroupIds=[group["GroupId"]],
            **_MYSQL,
        )


def test_the_subnet_of_an_instance_stays(client: Client, rds: Any) -> None:
    first, second, third = subnets(client, "a", "b", "c")
    rds.create_db_subnet_group(
        DBSubnetGroupName="placed", DBSubnetGroupDescription="placed", SubnetIds=[first, second, third]
    )
    rds.create_db_cluster(DBClusterIdentifier="placed", DBSubnetGroupName="placed", **_MYSQL)
    instance = {"DBInstanceIdentifier": "placed-0", "DBInstanceClass": "db.r6g.large"}
    rds.create_db_instance(DBClusterIdentifier="placed", Engine="aurora-mysql", **instance)
    with refused_by("db-subnet-in-use"):
        rds.modify_db_subnet_group(DBSubnetGroupName="placed", SubnetIds=[second, third])
    with refused_by("subnet-in-use-cannot-be-deleted", message=first):
        client("ec2").delete_subnet(SubnetId=first)
    rds.modify_db_subnet_group(DBSubnetGroupName="placed", SubnetIds=[first, second])
    client("ec2").delete_subnet(SubnetId=third)
    rds.delete_db_instance(DBInstanceIdentifier="placed-0", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier="placed", SkipFinalSnapshot=True)


@pytest.mark.parametrize("identifier", ["1c", "c--1", "c-", "c_1"])
def test_identifiers_of_clusters_are_constrained(rds: Any, identifier: str) -> None:
    with refused_by("cluster-identifier"):
        rds.create_db_cluster(DBClusterIdentifier=identifier, **_MYSQL)


@pytest.mark.parametrize("days", [0, 36])
def test_backups_are_retained_for_up_to_35_days(rds: Any, days: int) -> None:
    with refused_by("cluster-backup-retention"):
        rds.create_db_cluster(DBClusterIdentifier="c", BackupRetentionPeriod=days, **_MYSQL)


@pytest.mark.parametrize(("least", "most"), [(0.3, 4), (0, 0.5), (4, 2), (0, 257)])
def test_serverless_capacity_goes_in_half_steps(rds: Any, least: float, most: float) -> None:
    scaling = {"MinCapacity": least, "MaxCapacity": most}
    with refused_by("serverless-capacity"):
        rds.create_db_cluster(
            DBClusterIdentifier="c", ServerlessV2ScalingConfiguration=scaling, **_POSTGRESQL
        )


def test_a_request_with_the_key_of_a_secret_says_that_the_password_is_managed(rds: Any) -> None:
    """Also for a cluster whose password is managed already: Terraform leaves out what did not change."""
    managed = {"Engine": "aurora-mysql", "MasterUsername": "owner", "ManageMasterUserPassword": True}
    rds.create_db_cluster(DBClusterIdentifier="managed", **managed)
    with refused_by(
        "key-of-a-secret-needs-a-managed-password", message="ManageMasterUserPassword value is required"
    ):
        rds.modify_db_cluster(
            DBClusterIdentifier="managed", MasterUserSecretKmsKeyId="alias/aws/secretsmanager"
        )
    rds.delete_db_cluster(DBClusterIdentifier="managed", SkipFinalSnapshot=True)


def test_a_snapshot_whose_key_is_about_to_go_is_not_copied_and_not_restored(rds: Any, client: Client) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    rds.create_db_cluster(DBClusterIdentifier="encrypted", StorageEncrypted=True, KmsKeyId=key, **_MYSQL)
    rds.delete_db_cluster(DBClusterIdentifier="encrypted", FinalDBSnapshotIdentifier="encrypted-final")
    copy = {
        "SourceDBClusterSnapshotIdentifier": "encrypted-final",
        "TargetDBClusterSnapshotIdentifier": "encrypted-kept",
        "KmsKeyId": "alias/aws/rds",
    }
    kms.schedule_key_deletion(KeyId=key)
    with refused_by("key-of-snapshot-must-be-usable"):
        rds.copy_db_cluster_snapshot(**copy)
    with refused_by("key-of-snapshot-must-be-usable"):
        rds.restore_db_cluster_from_snapshot(
            DBClusterIdentifier="restored", SnapshotIdentifier="encrypted-final", Engine="aurora-mysql"
        )
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert rds.copy_db_cluster_snapshot(**copy)["DBClusterSnapshot"]["KmsKeyId"] != key


@pytest.fixture
def standing(rds: Any) -> Iterator[str]:
    """A cluster without a capacity range."""
    name = f"standing-{uuid.uuid4().hex[:8]}"
    rds.create_db_cluster(DBClusterIdentifier=name, EngineVersion="8.0.mysql_aurora.3.10.0", **_MYSQL)
    yield name
    for member in rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["DBClusterMembers"]:
        rds.delete_db_instance(DBInstanceIdentifier=member["DBInstanceIdentifier"])
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)


def _create_instance(rds: Any, cluster: str, instance_class: str) -> None:
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster}-0",
        DBClusterIdentifier=cluster,
        Engine="aurora-mysql",
        DBInstanceClass=instance_class,
    )


def test_an_instance_has_a_class_of_its_engine(rds: Any, standing: str) -> None:
    with refused_by(
        "class-of-an-instance-of-a-cluster", message="DBInstanceClass=db.m5.large, Engine=aurora-mysql"
    ):
        _create_instance(rds, standing, "db.m5.large")
    _create_instance(rds, standing, "db.r7g.large")
    with refused_by("class-of-an-instance-of-a-cluster", message="does not support modifying"):
        rds.modify_db_instance(DBInstanceIdentifier=f"{standing}-0", DBInstanceClass="db.m5.large")
    rds.modify_db_instance(
        DBInstanceIdentifier=f"{standing}-0", DBInstanceClass="db.r7g.xlarge", ApplyImmediately=True
    )


def test_a_serverless_instance_needs_the_capacity_range_of_its_cluster(rds: Any, standing: str) -> None:
    with refused_by(
        "serverless-instance-needs-a-scaling-configuration",
        message="Set the Serverless v2 scaling configuration on the parent DB cluster",
    ):
        _create_instance(rds, standing, "db.serverless")
    rds.modify_db_cluster(
        DBClusterIdentifier=standing, ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 1}
    )
    _create_instance(rds, standing, "db.serverless")


def test_the_storage_of_a_cluster_is_of_aurora(rds: Any, standing: str) -> None:
    with refused_by("storage-type-of-aurora", message="Invalid storage type gp3"):
        rds.modify_db_cluster(DBClusterIdentifier=standing, StorageType="gp3")


def test_io_optimized_storage_needs_a_version_that_has_it(rds: Any) -> None:
    with refused_by("engine-version-of-io-optimized-storage", message="aurora-postgresql 14.6"):
        rds.create_db_cluster(
            DBClusterIdentifier="old", EngineVersion="14.6", StorageType="aurora-iopt1", **_POSTGRESQL
        )


def test_storage_becomes_io_optimized_once_in_30_days(rds: Any, standing: str) -> None:
    def described() -> dict[str, Any]:
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=standing)["DBClusters"]
        return dict(cluster)

    assert "StorageType" not in described()
    rds.modify_db_cluster(DBClusterIdentifier=standing, StorageType="aurora-iopt1")
    assert described()["StorageType"] == "aurora-iopt1"
    assert described()["IOOptimizedNextAllowedModificationTime"]
    rds.modify_db_cluster(DBClusterIdentifier=standing, StorageType="aurora")
    assert "StorageType" not in described()
    with refused_by("io-optimized-storage-once-in-30-days", message="until"):
        rds.modify_db_cluster(DBClusterIdentifier=standing, StorageType="aurora-iopt1")


@pytest.mark.parametrize("tag", [("Division", "R&D"), ("rds:x", "1"), ("AWS:x", "1"), ("a,b", "1")])
def test_tags_of_databases_have_a_format(client: Client, tag: tuple[str, str]) -> None:
    key, value = tag
    with refused_by("database-tag-format", message=key):
        client("rds").create_db_cluster_parameter_group(
            DBClusterParameterGroupName="tagged",
            DBParameterGroupFamily="aurora-postgresql17",
            Description="tags",
            Tags=[{"Key": key, "Value": value}],
        )


def test_a_role_is_removed_from_its_cluster(rds: Any, standing: str) -> None:
    role = "arn:aws:iam::313131313131:role/import"
    rds.add_role_to_db_cluster(DBClusterIdentifier=standing, RoleArn=role, FeatureName="s3Import")
    rds.remove_role_from_db_cluster(DBClusterIdentifier=standing, RoleArn=role, FeatureName="s3Import")
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=standing)["DBClusters"]
    assert not cluster.get("AssociatedRoles")
    with pytest.raises(ClientError, match="DBClusterRoleNotFound"):
        rds.remove_role_from_db_cluster(DBClusterIdentifier=standing, RoleArn=role)
