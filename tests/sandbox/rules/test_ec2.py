"""Rules of EC2."""

from itertools import count
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by

_NUMBERS = count()


@pytest.fixture
def ec2(client: Client) -> Any:
    return client("ec2")


@pytest.fixture
def vpc(ec2: Any) -> str:
    """A VPC with an address range of its own."""
    return str(ec2.create_vpc(CidrBlock=f"10.{next(_NUMBERS)}.0.0/16")["Vpc"]["VpcId"])


def subnet_in(ec2: Any, vpc: str) -> str:
    cidr = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"].replace("/16", "/24")
    return str(ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"])


def group_in(ec2: Any, vpc: str, name: str) -> str:
    return str(ec2.create_security_group(GroupName=name, Description="test", VpcId=vpc)["GroupId"])


def from_group(group: str, description: str = "") -> dict[str, Any]:
    pair = {"GroupId": group, "Description": description}
    return {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [pair]}


def test_descriptions_of_security_groups_have_no_apostrophes(ec2: Any, vpc: str) -> None:
    with refused_by("security-group-description-characters", message="a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"):
        ec2.create_security_group(GroupName="g", Description="the platform's clients", VpcId=vpc)
    with refused_by("security-group-description-characters"):
        ec2.create_security_group(GroupName="g", Description="x" * 256, VpcId=vpc)
    ec2.create_security_group(GroupName="g", Description="a.Z 0_-:/()#,@[]+=&;{}!$*", VpcId=vpc)


@pytest.mark.parametrize("name", ["sg-clients", "client's"])
def test_names_of_security_groups_are_constrained(ec2: Any, vpc: str, name: str) -> None:
    with refused_by("security-group-name-characters"):
        group_in(ec2, vpc, name)


def test_descriptions_of_rules_have_no_apostrophes(ec2: Any, vpc: str) -> None:
    group = group_in(ec2, vpc, "described")
    with refused_by("security-group-rule-description-characters"):
        ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[from_group(group, "from the platform's clients only")]
        )
    ranged = {"CidrIp": "0.0.0.0/0", "Description": "wherever the routes' end is"}
    with refused_by("security-group-rule-description-characters"):
        ec2.authorize_security_group_egress(
            GroupId=group,
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [ranged]}],
        )
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[from_group(group, "from jobs (all)")])


def test_a_security_group_that_rules_of_others_name_stays(ec2: Any, vpc: str) -> None:
    clients, database = group_in(ec2, vpc, "clients"), group_in(ec2, vpc, "database")
    ec2.authorize_security_group_ingress(GroupId=database, IpPermissions=[from_group(clients)])
    ec2.authorize_security_group_ingress(GroupId=clients, IpPermissions=[from_group(clients)])
    with refused_by("security-group-in-use-cannot-be-deleted", message=clients):
        ec2.delete_security_group(GroupId=clients)
    ec2.delete_security_group(GroupId=database)
    ec2.delete_security_group(GroupId=clients)


def test_refuses_to_delete_groups_of_network_interfaces(ec2: Any, vpc: str) -> None:
    subnet, group = subnet_in(ec2, vpc), group_in(ec2, vpc, "used")
    made = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
    with refused_by("security-group-in-use-cannot-be-deleted"):
        ec2.delete_security_group(GroupId=group)
    with refused_by("subnet-in-use-cannot-be-deleted", message=subnet):
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)


def test_the_default_group_goes_with_its_vpc_only(ec2: Any, vpc: str) -> None:
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    (default,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    with refused_by("default-security-group-cannot-be-deleted"):
        ec2.delete_security_group(GroupId=default["GroupId"])
    ec2.delete_vpc(VpcId=vpc)


def test_a_vpc_with_a_gateway_or_groups_stays(ec2: Any, vpc: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    with refused_by("vpc-in-use-cannot-be-deleted"):
        ec2.delete_vpc(VpcId=vpc)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    group = group_in(ec2, vpc, "left")
    with refused_by("vpc-in-use-cannot-be-deleted"):
        ec2.delete_vpc(VpcId=vpc)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


def test_a_route_leads_to_a_gateway_of_its_vpc(ec2: Any, vpc: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    with refused_by("route-to-an-attached-internet-gateway", message="belong to different networks"):
        ec2.create_route(**route)
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(**route)


def test_tags_do_not_begin_with_the_reserved_prefix(ec2: Any, vpc: str) -> None:
    tags = [{"Key": "aws:owner", "Value": "ada"}]
    with refused_by("ec2-reserved-tag-prefix"):
        ec2.create_tags(Resources=[vpc], Tags=tags)
    with refused_by("ec2-reserved-tag-prefix"):
        ec2.create_internet_gateway(TagSpecifications=[{"ResourceType": "internet-gateway", "Tags": tags}])
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "awsome", "Value": "aws:"}])


def test_tags_have_lengths(ec2: Any, vpc: str) -> None:
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "k" * 128, "Value": "v" * 256}])
    for tag in ({"Key": "k" * 129, "Value": ""}, {"Key": "k", "Value": "v" * 257}):
        with refused_by("ec2-tag-length"):
            ec2.create_tags(Resources=[vpc], Tags=[tag])
