"""Rules of EC2 about the deletion of resources in use."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from moto.ec2.models import ec2_backends
from moto.rds.models import rds_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


@rule(
    "security-group-in-use-cannot-be-deleted",
    on=("ec2:DeleteSecurityGroup",),
    code="DependencyViolation",
    source="EC2 API Reference, DeleteSecurityGroup: associated with an interface or referenced by another group",
)
def security_group_in_use_cannot_be_deleted(request: Request) -> str | None:
    """A security group that a network interface, a database or a rule of another group uses cannot be deleted."""
    group = request.get("GroupId")
    ec2 = request.backend(ec2_backends)
    used = (
        group in chain.from_iterable(_groups_of_interfaces(ec2))
        or group in _groups_of_databases(request)
        or group in _referenced_groups(ec2, beside=group)
    )
    return f"resource {group} has a dependent object" if used else None


@rule(
    "default-security-group-cannot-be-deleted",
    on=("ec2:DeleteSecurityGroup",),
    code="CannotDelete",
    source="Amazon VPC User Guide, Default security groups for your VPCs: you can't delete a default security group",
)
def default_security_group_cannot_be_deleted(request: Request) -> str | None:
    """The default security group of a VPC cannot be deleted."""
    group = request.backend(ec2_backends).get_security_group_from_id(request.get("GroupId"))
    if group is None or not group.is_default:
        return None
    return f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'


@rule(
    "subnet-in-use-cannot-be-deleted",
    on=("ec2:DeleteSubnet",),
    code="DependencyViolation",
    source="EC2 API Reference, DeleteSubnet: terminate all instances and delete all network interfaces first",
)
def subnet_in_use_cannot_be_deleted(request: Request) -> str | None:
    """A subnet that has network interfaces, or the instance of a database, cannot be deleted."""
    subnet = request.get("SubnetId")
    interfaces = list(request.backend(ec2_backends).enis.values())
    used = {interface.subnet.id for interface in interfaces} | _subnets_of_databases(request)
    if subnet not in used:
        return None
    return f"The subnet '{subnet}' has dependencies and cannot be deleted."


@rule(
    "vpc-in-use-cannot-be-deleted",
    on=("ec2:DeleteVpc",),
    code="DependencyViolation",
    source="EC2 API Reference, DeleteVpc: detach or delete all gateways and resources, and all security groups, first",
)
def vpc_in_use_cannot_be_deleted(request: Request) -> str | None:
    """A VPC with subnets, an internet gateway, endpoints or security groups of its own cannot be deleted."""
    vpc = request.get("VpcId")
    ec2 = request.backend(ec2_backends)
    gateways = [gateway for gateway in list(ec2.internet_gateways.values()) if _id_of(gateway.vpc) == vpc]
    endpoints = [
        one for one in list(ec2.vpc_end_points.values()) if one.vpc_id == vpc and one.state != "deleted"
    ]
    groups = [group for group in list(ec2.groups.get(vpc, {}).values()) if not group.is_default]
    if not (gateways or endpoints or groups):
        return None  # moto checks subnets and route tables
    return f"The vpc '{vpc}' has dependencies and cannot be deleted."


def _groups_of_interfaces(ec2: Any) -> Iterator[set[str]]:
    return ({group.id for group in interface.group_set} for interface in list(ec2.enis.values()))


def _groups_of_databases(request: Request) -> set[str]:
    """Return the security groups of clusters that have instances. On AWS these have network interfaces."""
    rds = request.backend(rds_backends)
    clusters = [
        rds.clusters[name]
        for name in {instance.db_cluster_identifier for instance in list(rds.databases.values())}
        if name in rds.clusters
    ]
    return {group for cluster in clusters for group in cluster.vpc_security_group_ids or []}


def _subnets_of_databases(request: Request) -> set[str]:
    """Return the subnets of clusters in the zones of their instances. On AWS these have network interfaces."""
    rds = request.backend(rds_backends)
    used: set[str] = set()
    for instance in list(rds.databases.values()):
        cluster = rds.clusters.get(instance.db_cluster_identifier)
        group = cluster and rds.subnet_groups.get(str(cluster.db_subnet_group_name))
        for subnet in group._subnets if group else ():
            if subnet.availability_zone == instance.availability_zone:
                used.add(subnet.id)
    return used


def _referenced_groups(ec2: Any, *, beside: str) -> set[str]:
    """Return the groups that rules of groups other than `beside` reference."""
    return {
        rule.source_group["GroupId"]
        for groups in list(ec2.groups.values())
        for group in list(groups.values())
        if group.id != beside
        for rule in (*group.ingress_rules, *group.egress_rules)
        if rule.source_group and "GroupId" in rule.source_group
    }


def _id_of(vpc: Any) -> str | None:
    return None if vpc is None else str(vpc.id)


RULES: tuple[Rule, ...] = (
    default_security_group_cannot_be_deleted,
    security_group_in_use_cannot_be_deleted,
    subnet_in_use_cannot_be_deleted,
    vpc_in_use_cannot_be_deleted,
)
