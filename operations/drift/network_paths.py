"""Paths into and out of the network: routes, endpoints and peering connections."""

from collections.abc import Iterator
from typing import Any

from operations.drift.deployed import Addition, Deployed

__all__ = ["endpoints", "peering_connections", "routes"]

_DESTINATIONS = {
    "DestinationCidrBlock": ("destination_cidr_block", "--destination-cidr-block"),
    "DestinationIpv6CidrBlock": ("destination_ipv6_cidr_block", "--destination-ipv6-cidr-block"),
    "DestinationPrefixListId": ("destination_prefix_list_id", "--destination-prefix-list-id"),
}
_ENDED = {"deleted", "expired", "failed", "rejected"}


def routes(deployed: Deployed) -> Iterator[Addition]:
    """Yield routes in the network's route tables."""
    own = {
        (route["route_table_id"], route.get(attribute))
        for _, route in deployed.of("aws_route")
        for attribute, _ in _DESTINATIONS.values()
    }
    for path, vpc in deployed.of("aws_vpc"):
        for table in _in_vpc(deployed, "describe_route_tables", "RouteTables", vpc["id"]):
            for route in table["Routes"]:
                member = next(member for member in _DESTINATIONS if route.get(member))
                destination, identifier = route[member], table["RouteTableId"]
                # Gateway endpoints add routes of their own.
                expected = route.get("Origin") != "CreateRoute" or "vpce-" in route.get("GatewayId", "")
                if expected or (identifier, destination) in own:
                    continue
                yield Addition(
                    path,
                    f"{identifier}/{destination}",
                    f"the route table {identifier} routes {destination} to {_target(route)}",
                    f"aws ec2 delete-route --route-table-id {identifier} {_DESTINATIONS[member][1]} {destination}",
                )


def endpoints(deployed: Deployed) -> Iterator[Addition]:
    """Yield endpoints in the network."""
    own = deployed.values("aws_vpc_endpoint", "id")
    for path, vpc in deployed.of("aws_vpc"):
        for endpoint in _in_vpc(deployed, "describe_vpc_endpoints", "VpcEndpoints", vpc["id"]):
            identifier = endpoint["VpcEndpointId"]
            if identifier not in own and endpoint["State"].lower() not in {*_ENDED, "deleting"}:
                yield Addition(
                    path,
                    identifier,
                    f"the endpoint {identifier} connects the network to {endpoint['ServiceName']}",
                    f"aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {identifier}",
                )


def peering_connections(deployed: Deployed) -> Iterator[Addition]:
    """Yield peering connections of the network."""
    own = deployed.values("aws_vpc_peering_connection", "id")
    for path, vpc in deployed.of("aws_vpc"):
        for side, other in (("Requester", "Accepter"), ("Accepter", "Requester")):
            for peering in deployed.pages(
                "ec2",
                "describe_vpc_peering_connections",
                "VpcPeeringConnections",
                Filters=[{"Name": f"{side.lower()}-vpc-info.vpc-id", "Values": [vpc["id"]]}],
            ):
                identifier, here = peering["VpcPeeringConnectionId"], peering[f"{side}VpcInfo"].get("VpcId")
                if here != vpc["id"] or identifier in own or peering["Status"]["Code"] in _ENDED:
                    continue
                peer = peering[f"{other}VpcInfo"]
                yield Addition(
                    path,
                    identifier,
                    f"the peering connection {identifier} connects the network to {peer.get('VpcId')} of account "
                    f"{peer.get('OwnerId')}",
                    f"aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id {identifier}",
                )


def _in_vpc(deployed: Deployed, operation: str, result: str, vpc: str) -> Iterator[Any]:
    return deployed.pages("ec2", operation, result, Filters=[{"Name": "vpc-id", "Values": [vpc]}])


def _target(route: Any) -> str:
    return next(
        (
            str(value)
            for key, value in route.items()
            if key.endswith("Id") and not key.startswith("Destination")
        ),
        "an unknown target",
    )
