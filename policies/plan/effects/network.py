"""Effects of changes of the network: connections end where a resource is deleted before its replacement exists."""

from collections.abc import Mapping
from typing import Any

from policies.plan.effects.effect import Effect, TypeEffects, changed, interrupts, lost, no_effect, off

__all__ = ["NETWORK"]

_REFUSED_CONNECTIONS = "connections that no other rule allows are refused"
_UNROUTED = "packets of its subnets are not routed until the new one exists"


def _narrowed(before: Any, after: Any) -> Effect | None:
    """Find a value of an inline rule that no rule has any more: an address, a group, a port or a protocol."""
    lost_value = lost("")(before, after) if isinstance(before, list) else before if before != after else None
    return Effect("interruption", _REFUSED_CONNECTIONS) if lost_value is not None else None


NETWORK: Mapping[str, TypeEffects] = {
    "aws_vpc": interrupts(
        "everything in the network ends",
        replaced="everything in the network is replaced, and a database cluster cannot move to another VPC",
        updated={
            "enable_dns_support": off(
                value=False, effect="names of the database and of AWS are not resolved"
            ),
            "enable_dns_hostnames": off(value=False, effect="private names of endpoints are not resolved"),
        },
    ),
    "aws_subnet": interrupts(
        "everything that runs in the subnet ends",
        replaced="everything that runs in the subnet ends, and the database cannot move to the new subnet",
        updated={
            "map_public_ip_on_launch": off(
                value=False,
                effect="new machines have no public address, and so no internet access without a NAT",
            ),
        },
    ),
    "aws_db_subnet_group": interrupts(
        "AWS refuses to delete a group in use",
        replaced="the database moves to other subnets, which AWS refuses for a cluster that exists",
        updated={
            "subnet_ids": lost("the database cannot start an instance in these subnets"),
        },
    ),
    "aws_internet_gateway": interrupts(
        "machines with public addresses have no internet access",
        replaced="machines with public addresses have no internet access until the new gateway is attached",
    ),
    "aws_nat_gateway": interrupts(
        "private subnets have no internet access",
        replaced="jobs have no internet access until the new gateway exists, which may have another address",
    ),
    "aws_eip": interrupts("the address changes, so that firewalls of others that allow the old one refuse"),
    "aws_route": interrupts(
        "packets to its destination are not routed",
        replaced="packets are not routed until the new route exists",
        updated={
            "nat_gateway_id": changed("connections through the old gateway end"),
            "gateway_id": changed("connections through the old gateway end"),
            "transit_gateway_id": changed("connections through the old gateway end"),
            "network_interface_id": changed("connections through the old interface end"),
            "vpc_endpoint_id": changed("connections through the old endpoint end"),
        },
    ),
    "aws_route_table": interrupts(
        _UNROUTED,
        updated={
            "route.*.cidr_block": changed(_UNROUTED),
        },
    ),
    "aws_route_table_association": interrupts(
        "packets of the subnet follow the main route table, which has no route out",
        updated={
            "route_table_id": changed("connections that only the old table routes end"),
        },
    ),
    "aws_security_group": interrupts(
        "members of the group cannot be reached",
        replaced="members of the group cannot be reached until they are in the new group",
        updated={
            "ingress": _narrowed,
            "egress": _narrowed,
        },
    ),
    # Terraform only stops managing its rules: nothing of the platform is in this group.
    "aws_default_security_group": no_effect(),
    **dict.fromkeys(
        ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"),
        interrupts(
            _REFUSED_CONNECTIONS,
            updated={
                **dict.fromkeys(
                    (
                        "cidr_ipv4",
                        "cidr_ipv6",
                        "from_port",
                        "ip_protocol",
                        "prefix_list_id",
                        "referenced_security_group_id",
                        "to_port",
                    ),
                    changed(f"the rule changes: {_REFUSED_CONNECTIONS}"),
                ),
            },
        ),
    ),
    "aws_security_group_rule": interrupts(_REFUSED_CONNECTIONS),
    "aws_vpc_endpoint": interrupts(
        "jobs in private subnets cannot reach the service, or reach it through the internet",
        replaced="jobs cannot reach the service until the new endpoint exists",
        updated={
            "private_dns_enabled": off(
                value=False, effect="the name of the service no longer leads to the endpoint"
            ),
            "route_table_ids": lost(
                "subnets of these route tables cannot reach the service", consequence="interruption"
            ),
            "subnet_ids": lost("the endpoint has no address in these subnets", consequence="interruption"),
            "security_group_ids": lost(
                "the endpoint leaves these security groups", consequence="interruption"
            ),
        },
    ),
    "aws_vpc_peering_connection": interrupts("connections to the other network end"),
    "aws_ec2_transit_gateway_vpc_attachment": interrupts(
        "connections to other networks end",
        updated={
            "subnet_ids": lost(
                "other networks cannot be reached from these zones", consequence="interruption"
            ),
        },
    ),
    "aws_route53_zone": interrupts("names of the zone are not resolved"),
    "aws_route53_record": interrupts(
        "the name is not resolved until the new record exists",
        updated={
            "records": lost("the name no longer leads there"),
        },
    ),
    "aws_lb": interrupts("clients cannot connect, and the new load balancer has another name"),
    "aws_lb_listener": interrupts(
        "clients cannot connect",
        updated={
            "certificate_arn": changed("clients that do not trust the new certificate refuse it"),
        },
    ),
    "aws_lb_target_group": interrupts("clients get no answer until targets are registered again"),
}
