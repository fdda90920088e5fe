"""Rules of EC2 about VPC endpoints."""

from collections.abc import Iterator
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.vpcs import VPCBackend
from moto.utilities.utils import get_partition

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


@rule(
    "endpoint-of-an-existing-service",
    on=("ec2:CreateVpcEndpoint",),
    code="InvalidServiceName",
    source="EC2 API Reference, Error codes: InvalidServiceName; the error's text in several public issues",
)
def endpoint_of_an_existing_service(request: Request) -> str | None:
    """An endpoint needs the name of a service that has endpoints in its region."""
    name = request.get("ServiceName", "")
    if (
        not name.startswith("com.amazonaws.")
        or ".vpce." in name
        or get_partition(request.call.region) != "aws"
    ):
        return None
    known = {service["ServiceName"] for service in _services(request)}
    return None if name in known else f"The Vpc Endpoint Service '{name}' does not exist"


@rule(
    "endpoint-of-a-type-of-the-service",
    on=("ec2:CreateVpcEndpoint",),
    code="InvalidParameter",
    source="AWS PrivateLink Guide, Gateway endpoints: Amazon S3 and DynamoDB; the error's text in issues",
)
def endpoint_of_a_type_of_the_service(request: Request) -> str | None:
    """An endpoint has a type that its service offers: gateway endpoints lead to S3 and DynamoDB only."""
    asked = request.get("VpcEndpointType", "Gateway")
    offered = [
        kind["ServiceType"]
        for service in _services(request)
        if service["ServiceName"] == request.get("ServiceName")
        for kind in service["ServiceType"]
    ]
    # DynamoDB has interface endpoints since 2024, which moto's list does not have.
    if not offered or asked in offered or request.get("ServiceName", "").endswith(".dynamodb"):
        return None
    return f"Endpoint type ({asked}) does not match available service types ({offered})."


@rule(
    "endpoint-in-one-subnet-of-a-zone",
    on=("ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"),
    code="DuplicateSubnetsInSameZone",
    source="EC2 API Reference, CreateVpcEndpoint, SubnetIds; terraform-aws-modules/terraform-aws-vpc#451 and #583",
)
def endpoint_in_one_subnet_of_a_zone(request: Request) -> str | None:
    """An interface endpoint has at most one subnet in each availability zone."""
    ec2 = request.backend(ec2_backends)
    endpoint = ec2.vpc_end_points.get(request.get("VpcEndpointId"))
    removed = request.get("RemoveSubnetIds", ())
    present = [one for one in (endpoint.subnet_ids if endpoint else None) or () if one not in removed]
    zones: set[str] = set()
    for subnet in dict.fromkeys((*present, *request.get("SubnetIds", ()), *request.get("AddSubnetIds", ()))):
        found = next((zone[subnet] for zone in ec2.subnets.values() if subnet in zone), None)
        if found is None:
            continue
        if found.availability_zone in zones:
            return (
                f"Found another VPC endpoint subnet in the availability zone of {subnet}. VPC endpoint subnets should "
                "be in different availability zones supported by the VPC endpoint service."
            )
        zones.add(found.availability_zone)
    return None


@rule(
    "private-dns-needs-dns-of-the-vpc",
    on=("ec2:CreateVpcEndpoint",),
    code="InvalidParameter",
    source="AWS PrivateLink Guide, Private DNS: enable DNS hostnames and DNS resolution; the error's text in issues",
)
def private_dns_needs_dns_of_the_vpc(request: Request) -> str | None:
    """Private DNS of an endpoint needs DNS support and DNS host names of the VPC."""
    vpc = request.backend(ec2_backends).vpcs.get(request.get("VpcId"))
    if vpc is None or not _has_private_dns(request):
        return None
    # moto holds what the caller sent: text.
    if {str(vpc.enable_dns_support).lower(), str(vpc.enable_dns_hostnames).lower()} == {"true"}:
        return None
    return (
        "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
        f"{vpc.id}"
    )


@rule(
    "private-dns-once-per-vpc",
    on=("ec2:CreateVpcEndpoint",),
    code="InvalidParameter",
    source="hashicorp/terraform-provider-aws#17535: a second endpoint with private DNS for a service in one VPC",
)
def private_dns_once_per_vpc(request: Request) -> str | None:
    """One endpoint of a service in a VPC has private DNS."""
    if not _has_private_dns(request):
        return None
    vpc, name = request.get("VpcId"), request.get("ServiceName")
    taken = any(
        endpoint.vpc_id == vpc and endpoint.service_name == name and endpoint.private_dns_enabled
        for endpoint in _interface_endpoints(request)
    )
    if not taken:
        return None
    domain = next(
        (
            one["PrivateDnsName"]
            for one in _services(request)
            if one["ServiceName"] == name and "PrivateDnsName" in one
        ),
        name,
    )
    return (
        f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {domain} in the "
        f"VPC {vpc}"
    )


@rule(
    "gateway-endpoint-once-per-route-table",
    on=("ec2:CreateVpcEndpoint",),
    code="RouteAlreadyExists",
    source="AWS PrivateLink Guide, Gateway endpoints: one route to the same service in a route table",
)
def gateway_endpoint_once_per_route_table(request: Request) -> str | None:
    """A route table leads to a service through one gateway endpoint."""
    tables = set(request.get("RouteTableIds", ()))
    for endpoint in request.backend(ec2_backends).vpc_end_points.values():
        common = tables & set(endpoint.route_table_ids or ())
        if endpoint.service_name == request.get("ServiceName") and endpoint.state != "deleted" and common:
            return (
                f"route table {min(common)} already has a route with destination-prefix-list-id "
                f"{endpoint.destination_prefix_list_id}"
            )
    return None


def _services(request: Request) -> Iterator[dict[str, Any]]:
    yield from VPCBackend._collect_default_endpoint_services(request.account, request.call.region)


def _has_private_dns(request: Request) -> bool:
    # "Default: true" (EC2 API Reference, CreateVpcEndpoint, PrivateDnsEnabled).
    return request.get("VpcEndpointType") == "Interface" and bool(request.get("PrivateDnsEnabled", True))


def _interface_endpoints(request: Request) -> Iterator[Any]:
    endpoints = request.backend(ec2_backends).vpc_end_points.values()
    return (one for one in endpoints if one.vpc_endpoint_type == "Interface" and one.state != "deleted")


RULES: tuple[Rule, ...] = (
    endpoint_of_an_existing_service,
    endpoint_of_a_type_of_the_service,
    endpoint_in_one_subnet_of_a_zone,
    private_dns_needs_dns_of_the_vpc,
    private_dns_once_per_vpc,
    gateway_endpoint_once_per_route_table,
)
