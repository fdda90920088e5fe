"""Rules of EC2 about VPC endpoints."""

from itertools import count
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by

_NUMBERS = count(120)


@pytest.fixture
def ec2(client: Client) -> Any:
    return client("ec2")


@pytest.fixture
def vpc(ec2: Any) -> str:
    """A VPC with an address range of its own, and with DNS host names."""
    made = str(ec2.create_vpc(CidrBlock=f"10.{next(_NUMBERS)}.0.0/16")["Vpc"]["VpcId"])
    ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
    return made


def endpoint(ec2: Any, vpc: str, service: str, kind: str = "Interface", **others: Any) -> str:
    name = f"com.amazonaws.{ec2.meta.region_name}.{service}"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType=kind, **others)
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def subnet(ec2: Any, vpc: str, number: int, zone: str) -> str:
    cidr = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"].replace(".0.0/16", f".{number}.0/24")
    zone = f"{ec2.meta.region_name}{zone}"
    made = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone)
    return str(made["Subnet"]["SubnetId"])


def test_an_endpoint_leads_to_a_service_that_exists_in_its_region(ec2: Any, vpc: str) -> None:
    with refused_by("endpoint-of-an-existing-service", message="does not exist"):
        endpoint(ec2, vpc, "batches")
    with refused_by("endpoint-of-an-existing-service"):
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName="com.amazonaws.us-west-9.batch", VpcEndpointType="Interface"
        )


def test_gateway_endpoints_lead_to_s3_and_dynamodb_only(ec2: Any, vpc: str) -> None:
    with refused_by("endpoint-of-a-type-of-the-service", message="does not match available service types"):
        endpoint(ec2, vpc, "batch", "Gateway")


def test_an_endpoint_has_one_subnet_in_each_zone(ec2: Any, vpc: str) -> None:
    first, second, other = (
        subnet(ec2, vpc, number, zone) for number, zone in enumerate(("a", "a", "b"), start=1)
    )
    with refused_by("endpoint-in-one-subnet-of-a-zone", message=second):
        endpoint(ec2, vpc, "sts", SubnetIds=[first, second])
    made = endpoint(ec2, vpc, "sts", SubnetIds=[first, other])
    with refused_by("endpoint-in-one-subnet-of-a-zone"):
        ec2.modify_vpc_endpoint(VpcEndpointId=made, AddSubnetIds=[second])
    ec2.modify_vpc_endpoint(VpcEndpointId=made, AddSubnetIds=[second], RemoveSubnetIds=[first])


def test_private_dns_needs_dns_support_and_host_names_of_the_vpc(ec2: Any, vpc: str) -> None:
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    with refused_by("private-dns-needs-dns-of-the-vpc", message=vpc):
        endpoint(ec2, vpc, "sts", PrivateDnsEnabled=True)
    endpoint(ec2, vpc, "sts", PrivateDnsEnabled=False)


def test_private_dns_of_a_service_exists_once_in_a_vpc(ec2: Any, vpc: str) -> None:
    first = endpoint(ec2, vpc, "logs", PrivateDnsEnabled=True)
    with refused_by("private-dns-once-per-vpc", message="conflicting DNS domain for logs."):
        endpoint(ec2, vpc, "logs", PrivateDnsEnabled=True)
    endpoint(ec2, vpc, "logs", PrivateDnsEnabled=False)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    endpoint(ec2, vpc, "logs", PrivateDnsEnabled=True)


def test_a_route_table_has_one_gateway_endpoint_of_a_service(ec2: Any, vpc: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    endpoint(ec2, vpc, "s3", "Gateway", RouteTableIds=[table])
    with refused_by("gateway-endpoint-once-per-route-table", message=table):
        endpoint(ec2, vpc, "s3", "Gateway", RouteTableIds=[table])
