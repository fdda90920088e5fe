"""Rules of RDS about parameter groups and subnet groups."""

import re
from typing import Any

from moto.ec2.exceptions import InvalidSubnetIdError
from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule
from terrarium_sandbox.rules.same_network import foreign_security_group, vpcs_of_subnets

__all__ = ["RULES"]

# Engines whose parameter group family is the engine and its major version. Other engines have exceptions.
_POSTGRESQL = ("aurora-postgresql", "postgres")
_ZONES = 2


@rule(
    "parameter-group-of-another-family",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="InvalidParameterCombination",
    source="Amazon Aurora User Guide, Working with parameter groups: compatible with the cluster's engine and version",
)
def parameter_group_of_another_family(request: Request) -> str | None:
    """A cluster's parameter group must be of the family of the cluster's engine and major version."""
    rds = request.backend(rds_backends)
    group = rds.db_cluster_parameter_groups.get(request.get("DBClusterParameterGroupName", ""))
    cluster = rds.clusters.get(request.get("DBClusterIdentifier"))
    engine = request.get("Engine") or (cluster and cluster.engine)
    version = request.get("EngineVersion") or (cluster and cluster.engine_version)
    if group is None or engine not in _POSTGRESQL or not version:
        return None
    family = f"{engine}{re.split(r'[.]', version)[0]}"
    if group.db_parameter_group_family == family:
        return None
    return (
        f"The Parameter Group {group.name} with DBParameterGroupFamily {group.db_parameter_group_family} "
        f"cannot be used for this instance. Please use a Parameter Group with DBParameterGroupFamily {family}"
    )


@rule(
    "cluster-parameter-group-must-exist",
    on=("rds:CreateDBCluster", "rds:ModifyDBCluster"),
    code="DBClusterParameterGroupNotFound",
    status=404,
    source="RDS API Reference, CreateDBCluster, DBClusterParameterGroupName: must be an existing group",
)
def cluster_parameter_group_must_exist(request: Request) -> str | None:
    """The parameter group of a cluster must exist."""
    name = request.get("DBClusterParameterGroupName")
    if name is None or name.startswith("default."):
        return None
    known = request.backend(rds_backends).db_cluster_parameter_groups
    return None if name.lower() in known else f"DBClusterParameterGroup not found: {name}"


@rule(
    "cluster-parameter-group-in-use-cannot-be-deleted",
    on=("rds:DeleteDBClusterParameterGroup",),
    code="InvalidDBParameterGroupState",
    source="RDS API Reference, DeleteDBClusterParameterGroup: it can't be associated with any DB clusters",
)
def cluster_parameter_group_in_use_cannot_be_deleted(request: Request) -> str | None:
    """A parameter group that a cluster uses cannot be deleted."""
    name = request.get("DBClusterParameterGroupName", "").lower()
    clusters = list(request.backend(rds_backends).clusters.values())
    if not any(str(cluster.parameter_group).lower() == name for cluster in clusters):
        return None
    return (
        f"One or more DB clusters are still members of this parameter group {name}, so the group cannot be "
        "deleted"
    )


@rule(
    "db-subnet-group-must-exist",
    on=("rds:CreateDBCluster",),
    code="DBSubnetGroupNotFoundFault",
    status=404,
    source="RDS API Reference, CreateDBCluster, DBSubnetGroupName: must match an existing group",
)
def db_subnet_group_must_exist(request: Request) -> str | None:
    """The subnet group of a cluster must exist."""
    name = request.get("DBSubnetGroupName")
    if name in {None, "default"} or name in request.backend(rds_backends).subnet_groups:
        return None
    return f"DB subnet group '{name}' does not exist."


@rule(
    "db-subnet-group-in-use-cannot-be-deleted",
    on=("rds:DeleteDBSubnetGroup",),
    code="InvalidDBSubnetGroupStateFault",
    source="RDS API Reference, DeleteDBSubnetGroup: must not be associated with any DB instances",
)
def db_subnet_group_in_use_cannot_be_deleted(request: Request) -> str | None:
    """A subnet group that a cluster or instance uses cannot be deleted."""
    name = request.get("DBSubnetGroupName", "").lower()
    rds = request.backend(rds_backends)
    for cluster in list(rds.clusters.values()):
        if _name_of(cluster.db_subnet_group_name) == name:
            return _still_used(name, f"database cluster: {cluster.db_cluster_identifier}")
    for instance in list(rds.databases.values()):
        if instance.db_cluster_identifier is None and _name_of(instance.db_subnet_group_name) == name:
            return _still_used(name, f"database instance: {instance.db_instance_identifier}")
    return None


@rule(
    "db-subnet-group-covers-two-zones",
    on=("rds:CreateDBSubnetGroup", "rds:ModifyDBSubnetGroup"),
    code="DBSubnetGroupDoesNotCoverEnoughAZs",
    source="RDS API Reference, CreateDBSubnetGroup: at least one subnet in at least two Availability Zones",
)
def db_subnet_group_covers_two_zones(request: Request) -> str | None:
    """The subnets of a subnet group must lie in at least two Availability Zones."""
    ec2 = request.backend(ec2_backends)
    try:
        zones = {ec2.get_subnet(subnet).availability_zone for subnet in request.get("SubnetIds", ())}
    except InvalidSubnetIdError:
        return None  # moto refuses it
    if len(zones) >= _ZONES:
        return None
    return (
        "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
        f"{', '.join(sorted(zones))}. Add subnets to cover at least {_ZONES} AZs."
    )


@rule(
    "db-subnet-group-one-vpc",
    on=("rds:CreateDBSubnetGroup", "rds:ModifyDBSubnetGroup"),
    code="InvalidSubnet",
    source="RDS API model (botocore), InvalidSubnet: multiple subnets were requested that are not all in a common VPC",
)
def db_subnet_group_one_vpc(request: Request) -> str | None:
    """The subnets of a subnet group must lie in one VPC."""
    vpcs = vpcs_of_subnets(request, request.get("SubnetIds", ()))
    return "The subnets are not all in a common VPC." if len(vpcs) > 1 else None


@rule(
    "db-subnet-in-use",
    on=("rds:ModifyDBSubnetGroup",),
    code="SubnetAlreadyInUse",
    source="RDS API model (botocore), SubnetAlreadyInUse: the DB subnet is already in use in the Availability Zone",
)
def db_subnet_in_use(request: Request) -> str | None:
    """A subnet group must keep a subnet in the zone of each instance that uses it."""
    rds, ec2 = request.backend(rds_backends), request.backend(ec2_backends)
    name = request.get("DBSubnetGroupName", "").lower()
    group = rds.subnet_groups.get(name)
    before = {subnet.availability_zone for subnet in group._subnets} if group else set()
    kept = set(request.get("SubnetIds", ()))
    covered = {zone for zone, subnets in list(ec2.subnets.items()) if kept & subnets.keys()}
    clusters = {
        cluster.db_cluster_identifier
        for cluster in list(rds.clusters.values())
        if _name_of(cluster.db_subnet_group_name) == name
    }
    zones = {
        instance.availability_zone
        for instance in list(rds.databases.values())
        if instance.db_cluster_identifier in clusters
    }
    lost = sorted((zones & before) - covered)
    return f"Some of the subnets to be deleted are currently in use: {', '.join(lost)}" if lost else None


@rule(
    "database-security-groups-in-its-vpc",
    on=("rds:CreateDBCluster",),
    code="InvalidParameterCombination",
    source="terraform-aws-modules/terraform-aws-rds#451: the DB instance and EC2 security group are in different VPCs",
)
def database_security_groups_in_its_vpc(request: Request) -> str | None:
    """The security groups of a cluster must be of the VPC of its subnet group."""
    group = request.backend(rds_backends).subnet_groups.get(request.get("DBSubnetGroupName", ""))
    foreign = group and foreign_security_group(
        request,
        subnets=[subnet.id for subnet in group._subnets],
        groups=request.get("VpcSecurityGroupIds", ()),
    )
    if not foreign:
        return None
    _, vpc, own = foreign
    return (
        f"The DB instance and EC2 security group are in different VPCs. The DB instance is in {own} and the EC2 "
        f"security group is in {vpc}"
    )


def _name_of(group: Any) -> str | None:
    return None if group is None else str(group).lower()


def _still_used(name: str, user: str) -> str:
    return f"Cannot delete the subnet group '{name}' because at least one {user} is still using it."


RULES: tuple[Rule, ...] = (
    cluster_parameter_group_must_exist,
    parameter_group_of_another_family,
    cluster_parameter_group_in_use_cannot_be_deleted,
    db_subnet_group_must_exist,
    db_subnet_group_in_use_cannot_be_deleted,
    db_subnet_group_covers_two_zones,
    db_subnet_group_one_vpc,
    db_subnet_in_use,
    database_security_groups_in_its_vpc,
)
