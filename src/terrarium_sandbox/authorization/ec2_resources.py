"""Resources of EC2: those that a call names by id, and those that it creates."""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.ec2.models import ec2_backends

from terrarium_sandbox.http.aws_call import Call

__all__ = ["ec2_resources"]

_TYPES: Mapping[str, str] = {
    "AllocationId": "elastic-ip",
    "DhcpOptionsId": "dhcp-options",
    "FlowLogIds": "vpc-flow-log",
    "GroupId": "security-group",
    "InternetGatewayId": "internet-gateway",
    "LaunchTemplateId": "launch-template",
    "NatGatewayId": "natgateway",
    "NetworkAclId": "network-acl",
    "NetworkInterfaceId": "network-interface",
    "RouteTableId": "route-table",
    "RouteTableIds": "route-table",
    "SecurityGroupIds": "security-group",
    "SecurityGroupRuleIds": "security-group-rule",
    "SubnetId": "subnet",
    "SubnetIds": "subnet",
    "VpcEndpointId": "vpc-endpoint",
    "VpcEndpointIds": "vpc-endpoint",
    "VpcId": "vpc",
}
_MADE: Mapping[str, str] = {
    "AllocateAddress": "elastic-ip",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateInternetGateway": "internet-gateway",
    "CreateLaunchTemplate": "launch-template",
    "CreateNatGateway": "natgateway",
    "CreateRouteTable": "route-table",
    "CreateSecurityGroup": "security-group",
    "CreateSubnet": "subnet",
    "CreateVpc": "vpc",
    "CreateVpcEndpoint": "vpc-endpoint",
}
# For IAM, the targets of a route and the rules of a group are not resources of these calls.
_ONLY: Mapping[str, tuple[str, ...]] = {
    "CreateRoute": ("RouteTableId",),
    "DeleteRoute": ("RouteTableId",),
    "ReplaceRoute": ("RouteTableId",),
    "RevokeSecurityGroupEgress": ("GroupId",),
    "RevokeSecurityGroupIngress": ("GroupId",),
}
# Types by the prefix of an id, for the calls that take ids of any type.
_BY_PREFIX: Mapping[str, str] = {
    "dopt": "dhcp-options",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "igw": "internet-gateway",
    "lt": "launch-template",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}


def ec2_resources(call: Call, account: str) -> Iterable[str]:
    """Return the ARNs; `<type>/*` for resources that do not exist yet."""
    parameters: Mapping[str, Any] = call.parameters

    def arn(kind: str, identifier: str) -> str:
        return f"arn:aws:ec2:{call.region}:{account}:{kind}/{identifier}"

    if call.operation in _MADE:
        yield arn(_MADE[call.operation], "*")
    if call.operation in {"CreateTags", "DeleteTags", "CreateFlowLogs"}:
        for identifier in (*parameters.get("Resources", ()), *parameters.get("ResourceIds", ())):
            yield arn(_BY_PREFIX.get(identifier.partition("-")[0], "*"), identifier)
        return
    if "AssociationId" in parameters:
        yield from (
            arn(kind, owner)
            for kind, owner in _owners_of(parameters["AssociationId"], call=call, account=account)
        )
    for name in _ONLY.get(call.operation, tuple(_TYPES)):
        found = parameters.get(name, ())
        for identifier in [found] if isinstance(found, str) else found:
            yield arn(_TYPES[name], identifier)


def _owners_of(association: str, *, call: Call, account: str) -> Iterable[tuple[str, str]]:
    backend = ec2_backends[account][call.region]
    for table in backend.route_tables.values():
        if association in table.all_associations_ids:
            yield "route-table", table.id
    for address in backend.addresses:
        if address.association_id == association and address.allocation_id:
            yield "elastic-ip", address.allocation_id
