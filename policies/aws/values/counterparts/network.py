"""Counterparts of EC2's network resources."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.aws.values.counterparts.counterpart import Counterpart
from policies.aws.values.expressions import UNKNOWN

__all__ = ["NETWORK"]

# A rule of its own in Terraform and CloudFormation, a list of permissions in the API.
_PERMISSION = {
    "security_group_id": "GroupId",
    "description": "IpPermissions.0.IpRanges.0.Description",
    "cidr_ipv4": "IpPermissions.0.IpRanges.0.CidrIp",
    "cidr_ipv6": "IpPermissions.0.Ipv6Ranges.0.CidrIpv6",
    "prefix_list_id": "IpPermissions.0.PrefixListIds.0.PrefixListId",
    "referenced_security_group_id": "IpPermissions.0.UserIdGroupPairs.0.GroupId",
    "from_port": "IpPermissions.0.FromPort",
    "to_port": "IpPermissions.0.ToPort",
    "ip_protocol": "IpPermissions.0.IpProtocol",
}
# Rules inside a group, one for each of their sources or destinations.
_INLINE = {
    f"{direction}.{argument}": member
    for direction in ("ingress", "egress")
    for argument, member in {
        "protocol": "IpProtocol",
        "from_port": "FromPort",
        "to_port": "ToPort",
        "description": "IpRanges.0.Description",
        "cidr_blocks": "IpRanges.0.CidrIp",
        "security_groups": "UserIdGroupPairs.0.GroupId",
    }.items()
}


def _single_rules(arguments: dict[str, Any]) -> dict[str, Any]:
    """Split the rules of a group so that each has one source or destination, as CloudFormation's have."""
    rules = {
        direction: [rule for block in arguments.get(direction) or [] for rule in _split(block)]
        for direction in ("ingress", "egress")
    }
    return {**arguments, **{direction: found for direction, found in rules.items() if found}}


def _split(block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    common = {
        key: block[key] for key in ("protocol", "from_port", "to_port", "description") if block.get(key)
    }
    for many in ("cidr_blocks", "security_groups"):
        for one in block.get(many) or []:
            yield {**common, many: one}
    if block.get("self"):
        yield {**common, "security_groups": UNKNOWN}  # the group itself, whose id AWS chooses


NETWORK: Mapping[str, Counterpart] = {
    "aws_eip": Counterpart(cloudformation="AWS::EC2::EIP", operations=("ec2.AllocateAddress",)),
    "aws_flow_log": Counterpart(
        cloudformation="AWS::EC2::FlowLog",
        operations=("ec2.CreateFlowLogs",),
        schema={"iam_role_arn": "DeliverLogsPermissionArn", "vpc_id": "ResourceId"},
        api={"iam_role_arn": "DeliverLogsPermissionArn", "vpc_id": "ResourceIds"},
        constants={"ResourceType": "VPC"},
    ),
    "aws_internet_gateway": Counterpart(
        cloudformation="AWS::EC2::InternetGateway",
        operations=("ec2.CreateInternetGateway", "ec2.AttachInternetGateway"),
        schema={"vpc_id": None},  # an attachment of its own there
    ),
    "aws_nat_gateway": Counterpart(
        cloudformation="AWS::EC2::NatGateway", operations=("ec2.CreateNatGateway",)
    ),
    "aws_route": Counterpart(cloudformation="AWS::EC2::Route", operations=("ec2.CreateRoute",)),
    "aws_route_table": Counterpart(
        cloudformation="AWS::EC2::RouteTable", operations=("ec2.CreateRouteTable",)
    ),
    "aws_route_table_association": Counterpart(
        cloudformation="AWS::EC2::SubnetRouteTableAssociation", operations=("ec2.AssociateRouteTable",)
    ),
    "aws_security_group": Counterpart(
        cloudformation="AWS::EC2::SecurityGroup",
        operations=(
            "ec2.CreateSecurityGroup",
            "ec2.AuthorizeSecurityGroupIngress",
            "ec2.AuthorizeSecurityGroupEgress",
        ),
        schema={
            "description": "GroupDescription",
            "name": "GroupName",
            "ingress": "SecurityGroupIngress",
            "ingress.protocol": "IpProtocol",
            "ingress.cidr_blocks": "CidrIp",
            "ingress.security_groups": "SourceSecurityGroupId",
            "egress": "SecurityGroupEgress",
            "egress.protocol": "IpProtocol",
            "egress.cidr_blocks": "CidrIp",
            "egress.security_groups": "DestinationSecurityGroupId",
        },
        api={"name": "GroupName", "ingress": "IpPermissions", "egress": "IpPermissions", **_INLINE},
        adapt=_single_rules,
    ),
    "aws_subnet": Counterpart(
        cloudformation="AWS::EC2::Subnet",
        operations=("ec2.CreateSubnet",),
        api={"map_public_ip_on_launch": None},  # a yes or no of ModifySubnetAttribute
    ),
    "aws_vpc": Counterpart(
        cloudformation="AWS::EC2::VPC",
        operations=("ec2.CreateVpc",),
        api={"enable_dns_hostnames": None, "enable_dns_support": None},  # of ModifyVpcAttribute
    ),
    "aws_vpc_endpoint": Counterpart(
        cloudformation="AWS::EC2::VPCEndpoint",
        operations=("ec2.CreateVpcEndpoint",),
        schema={"policy": "PolicyDocument"},
        api={"policy": "PolicyDocument"},
    ),
    "aws_vpc_security_group_egress_rule": Counterpart(
        cloudformation="AWS::EC2::SecurityGroupEgress",
        operations=("ec2.AuthorizeSecurityGroupEgress",),
        schema={
            "security_group_id": "GroupId",
            "cidr_ipv4": "CidrIp",
            "prefix_list_id": "DestinationPrefixListId",
            "referenced_security_group_id": "DestinationSecurityGroupId",
        },
        api=_PERMISSION,
    ),
    "aws_vpc_security_group_ingress_rule": Counterpart(
        cloudformation="AWS::EC2::SecurityGroupIngress",
        operations=("ec2.AuthorizeSecurityGroupIngress",),
        schema={
            "security_group_id": "GroupId",
            "cidr_ipv4": "CidrIp",
            "prefix_list_id": "SourcePrefixListId",
            "referenced_security_group_id": "SourceSecurityGroupId",
        },
        api=_PERMISSION,
    ),
}
