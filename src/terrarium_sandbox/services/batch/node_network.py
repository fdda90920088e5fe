"""Network of a node of a multi-node job: whether it reaches the other nodes, and AWS.

Nodes of a multi-node job are tasks of network mode awsvpc. Each has an interface with the security groups of its
compute environment and without a public address (AWS Batch User Guide, "Multi-node parallel jobs", compute environment
considerations; Amazon ECS Developer Guide, "Allocate a network interface for an Amazon ECS task"). In the sandbox all
nodes are processes of one machine, without security groups between them. Where AWS would not let a node connect, it
gets an address that does not answer.
"""

import ipaddress
from collections.abc import Iterable
from typing import Any

from moto.batch.models import batch_backends
from moto.ec2.models import ec2_backends

from terrarium_sandbox.services.batch.job import Job

__all__ = ["NOWHERE", "aws_is_reached", "gateway_services", "nodes_reach_each_other"]

NOWHERE = "192.0.2.1"
"""An address that is never assigned (RFC 5737): connections to it time out, as if no security group allowed them."""

_ALL = "-1"
_TCP = frozenset({_ALL, "tcp", "6"})
_EVERYWHERE = "0.0.0.0/0"


def nodes_reach_each_other(job: Job) -> bool:
    """Return whether a security group of the job's compute environment allows TCP between its members.

    True also if the groups are not known: they may be in a launch template, or deleted.
    """
    resources = _resources(job)
    ec2 = ec2_backends[job.account][job.region]
    names = set(resources.get("securityGroupIds") or ())
    groups = [group for name in names if (group := ec2.get_security_group_from_id(name)) is not None]
    if not groups:
        return True
    blocks = [ipaddress.ip_network(subnet.cidr_block) for subnet in _subnets(job)]
    return any(_admits(rule, names, blocks) for group in groups for rule in group.ingress_rules)


def aws_is_reached(job: Job) -> bool:
    """Return whether a node can reach AWS' public endpoints.

    It cannot if its subnets have only a route to an internet gateway, which needs a public address, and the network has
    no interface endpoints. True also for subnets without a default route: another network may route from there.
    """
    subnets = _subnets(job)
    return not subnets or not all(_is_public(job, subnet) for subnet in subnets) or _has_interfaces(job)


def gateway_services(job: Job) -> frozenset[str]:
    """Return the services (`s3`, `dynamodb`) that a node reaches by a gateway endpoint of its network."""
    endpoints = _endpoints(job, "gateway")
    return frozenset(endpoint.service_name.rpartition(".")[2] for endpoint in endpoints)


def _resources(job: Job) -> dict[str, Any]:
    batch = batch_backends[job.account][job.region]
    environment = batch.get_compute_environment(job.compute_environment) if job.compute_environment else None
    return (environment.compute_resources if environment is not None else None) or {}


def _subnets(job: Job) -> list[Any]:
    names = _resources(job).get("subnets") or ()
    zones = ec2_backends[job.account][job.region].subnets.values()
    return [zone[name] for name in names for zone in zones if name in zone]


def _admits(rule: Any, groups: set[str], blocks: Iterable[Any]) -> bool:
    if str(rule.ip_protocol) not in _TCP:
        return False
    if (rule.source_group or {}).get("GroupId") in groups or rule.prefix_list_id:
        return True
    cidr = (rule.ip_range or {}).get("CidrIp")
    return cidr is not None and any(
        ipaddress.ip_network(cidr, strict=False).overlaps(block) for block in blocks
    )


def _is_public(job: Job, subnet: Any) -> bool:
    """Return whether the default route leads to an internet gateway."""
    tables = [
        table
        for table in ec2_backends[job.account][job.region].route_tables.values()
        if table.vpc_id == subnet.vpc_id
    ]
    own = [table for table in tables if subnet.id in {one.get("SubnetId") for one in table.associations}]
    main = [table for table in tables if table.main_association_id is not None]
    return any(
        route.destination_cidr_block == _EVERYWHERE
        and str(getattr(route.gateway, "id", "")).startswith("igw-")
        for table in (own or main)
        for route in table.routes
    )


def _has_interfaces(job: Job) -> bool:
    return bool(_endpoints(job, "interface"))


def _endpoints(job: Job, kind: str) -> list[Any]:
    vpcs = {subnet.vpc_id for subnet in _subnets(job)}
    endpoints = ec2_backends[job.account][job.region].vpc_end_points.values()
    return [
        endpoint
        for endpoint in endpoints
        if endpoint.vpc_id in vpcs
        and endpoint.state != "deleted"
        and (endpoint.vpc_endpoint_type or "Gateway").lower() == kind
    ]
