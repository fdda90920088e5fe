"""Permissions of `ci-deploy` on resources of EC2, which have no names: it may change those with the environment's tag.

Source of the resource types and condition keys of each action: Service Authorization Reference, Amazon EC2.
"""

from modules.iam.boundary_statements import own_tag
from modules.iam.statement import Statement
from modules.names import Names

__all__ = [
    "creating_actions",
    "existing_network_statements",
    "managed_tags",
    "network_statements",
    "new_tags",
    "private_dns_statement",
    "requested_tag",
]

# The types of the resources that CI creates in a network of another team.
_OWN_KINDS = ("launch-template", "security-group", "security-group-rule")

_CREATING_IN_EXISTING = ("ec2:AuthorizeSecurityGroup*", "ec2:CreateLaunchTemplate", "ec2:CreateSecurityGroup")

# Actions that create resources, by the types that they create. The parent (such as the VPC of a subnet) is a resource
# of the call, too. It has another type than the created resource, so that only the environment's tag on it allows the
# call.
_CREATING: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "Networks",
        (
            "AllocateAddress",
            "CreateInternetGateway",
            "CreateLaunchTemplate",
            "CreatePlacementGroup",
            "CreateVpc",
        ),
        ("elastic-ip", "internet-gateway", "launch-template", "placement-group", "vpc"),
    ),
    (
        "Parts",
        ("CreateRouteTable", "CreateSecurityGroup", "CreateSubnet"),
        ("route-table", "security-group", "subnet"),
    ),
    (
        "Ways",
        ("AuthorizeSecurityGroup*", "CreateFlowLogs", "CreateNatGateway", "CreateVpcEndpoint"),
        ("natgateway", "security-group-rule", "vpc-endpoint", "vpc-flow-log"),
    ),
)


def creating_actions() -> tuple[str, ...]:
    """Return the actions that create resources with tags."""
    return tuple(f"ec2:{action}" for _, actions, _ in _CREATING for action in actions)


def new_tags(names: Names) -> Statement:
    """Return the statement for tagging new resources.

    Tags give permissions. A resource gets the environment's tag when it is created and never later: untagged resources
    belong to others.
    """
    return Statement(
        sid="NewTags",
        actions=("ec2:CreateTags",),
        resources=(names.arn("ec2", "*"),),
        conditions={"StringEquals": requested_tag(names), "Null": {"ec2:CreateAction": "false"}},
    )


def managed_tags(names: Names) -> dict[str, dict[str, str]]:
    """Return the condition that the environment has created the resource: its team may tag others with its name."""
    own = own_tag(names)["StringEquals"]
    return {"StringEquals": {**own, "aws:ResourceTag/managed-by": "terrarium"}}


def requested_tag(names: Names) -> dict[str, str]:
    """Return the condition that the request gives the environment's tag to new resources."""
    return {"aws:RequestTag/environment": names.environment}


def private_dns_statement() -> Statement:
    """Return the statement for private names of endpoints, which are in hosted zones of AWS.

    Source: Service Authorization Reference, Amazon EC2, dependent actions of CreateVpcEndpoint.
    """
    return Statement(sid="PrivateDns", actions=("route53:AssociateVPCWithHostedZone",), resources=("*",))


def existing_network_statements(names: Names, *, vpc_arn: str, flow_logs: bool) -> tuple[Statement, ...]:
    """Return the statements for an environment in a network of another team, of which CI changes nothing.

    CI creates security groups and launch templates, changes and deletes those with the environment's tags, and places
    the network interfaces of notebooks. It cannot change what the other team has tagged with the environment's name:
    statements name the types of resources, and require the tag `managed-by`, too.

    Args:
        names: The names of the environment's resources.
        vpc_arn: The ARN of the VPC.
        flow_logs: Whether the environment writes flow logs of the VPC.
    """
    vpc = {"ArnEquals": {"ec2:Vpc": vpc_arn}}
    interfaces = (names.arn("ec2", "network-interface/*"),)
    kinds = (*_OWN_KINDS, *(("vpc-flow-log",) if flow_logs else ()))
    own = tuple(names.arn("ec2", f"{kind}/*") for kind in kinds)
    tags = managed_tags(names)
    return (
        Statement(
            sid="New",
            actions=(*_CREATING_IN_EXISTING, *(("ec2:CreateFlowLogs",) if flow_logs else ())),
            resources=own,
            conditions={"StringEquals": requested_tag(names)},
        ),
        new_tags(names),
        Statement(
            sid="NewInVpc",
            actions=("ec2:CreateSecurityGroup", *(("ec2:CreateFlowLogs",) if flow_logs else ())),
            resources=(vpc_arn,),
        ),
        Statement(
            sid="Tags",
            actions=("ec2:CreateTags", "ec2:DeleteTags"),
            resources=own,
            conditions={"StringEqualsIfExists": requested_tag(names), **tags},
        ),
        Statement(
            sid="Own",
            actions=(
                "ec2:AuthorizeSecurityGroup*",
                "ec2:CreateLaunchTemplateVersion",
                *(("ec2:DeleteFlowLogs",) if flow_logs else ()),
                "ec2:DeleteLaunchTemplate*",
                "ec2:DeleteSecurityGroup",
                "ec2:ModifyLaunchTemplate",
                "ec2:ModifySecurityGroupRules",
                "ec2:Revoke*",
                "ec2:UpdateSecurityGroupRuleDescriptions*",
            ),
            resources=own,
            conditions=tags,
        ),
        # Of a subnet that is shared with the account, the ARN names the account of the owner.
        Statement(
            sid="NotebookPlaces",
            actions=("ec2:CreateNetworkInterface",),
            resources=(
                names.arn("ec2", "security-group/*"),
                names.foreign_arn("ec2", names.region, "*", "subnet/*"),
            ),
            conditions=vpc,
        ),
        *_notebook_interfaces(interfaces, vpc_arn),
    )


def network_statements(names: Names, *, vpc_arn: str) -> tuple[Statement, ...]:
    """Return the statements for creating, changing and deleting the environment's own network.

    The parent of a new resource needs the tag, too: CI cannot add to a network without it.

    Args:
        names: The names of the environment's resources.
        vpc_arn: The ARN of its VPC. Network interfaces of notebooks have no tags; they belong to the environment by
            their VPC.
    """
    everything = (names.arn("ec2", "*"),)
    interfaces = (names.arn("ec2", "network-interface/*"),)
    return (
        *(
            Statement(
                sid=f"New{sid}",
                actions=tuple(f"ec2:{action}" for action in actions),
                resources=tuple(names.arn("ec2", f"{kind}/*") for kind in kinds),
                conditions={"StringEquals": requested_tag(names)},
            )
            for sid, actions, kinds in _CREATING
        ),
        new_tags(names),
        Statement(
            sid="Tags",
            actions=("ec2:CreateTags",),
            resources=everything,
            conditions={"StringEqualsIfExists": requested_tag(names), **own_tag(names)},
        ),
        Statement(
            sid="Networks",
            actions=(
                "ec2:Associate*",
                "ec2:Attach*",
                "ec2:AuthorizeSecurityGroup*",
                "ec2:CreateFlowLogs",
                "ec2:CreateLaunchTemplateVersion",
                "ec2:CreateNatGateway",
                "ec2:CreateNetworkInterface",
                "ec2:CreateRoute",
                "ec2:CreateRouteTable",
                "ec2:CreateSecurityGroup",
                "ec2:CreateSubnet",
                "ec2:CreateVpcEndpoint",
                "ec2:Delete*",
                "ec2:Detach*",
                "ec2:Disassociate*",
                "ec2:Modify*",
                "ec2:ReleaseAddress",
                "ec2:ReplaceRoute*",
                "ec2:Revoke*",
                "ec2:UpdateSecurityGroupRuleDescriptions*",
            ),
            resources=everything,
            conditions=own_tag(names),
        ),
        *_notebook_interfaces(interfaces, vpc_arn),
    )


def _notebook_interfaces(interfaces: tuple[str, ...], vpc_arn: str) -> tuple[Statement, ...]:
    """Return the statements for the network interfaces of notebooks, which have no tags.

    Source: Amazon SageMaker Developer Guide, "Amazon SageMaker API Permissions: Actions, Permissions, and Resources
    Reference", CreateNotebookInstance and DeleteNotebookInstance.
    """
    return (
        Statement(sid="NewInterfaces", actions=("ec2:CreateNetworkInterface",), resources=interfaces),
        Statement(
            sid="Interfaces",
            actions=(
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ),
            resources=interfaces,
            conditions={"ArnEquals": {"ec2:Vpc": vpc_arn}},
        ),
    )
