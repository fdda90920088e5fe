"""VPCs of subnets and security groups, which rules of several services compare."""

from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends

from terrarium_sandbox.rules.rule import Request

__all__ = ["foreign_security_group", "vpcs_of_subnets"]


def vpcs_of_subnets(request: Request, subnets: Iterable[str]) -> set[str]:
    """Return the VPCs of those subnets that exist."""
    zones = request.backend(ec2_backends).subnets.values()
    return {zone[subnet].vpc_id for zone in list(zones) for subnet in subnets if subnet in zone}


def foreign_security_group(
    request: Request, *, subnets: Iterable[str], groups: Iterable[str]
) -> tuple[str, str, str] | None:
    """Return a security group of another VPC than the subnets, its VPC, and theirs; None without such a group."""
    vpcs = vpcs_of_subnets(request, subnets)
    ec2: Any = request.backend(ec2_backends)
    for group in groups:
        found = ec2.get_security_group_from_id(group)
        if found is not None and vpcs and found.vpc_id not in vpcs:
            return group, found.vpc_id, min(vpcs)
    return None
