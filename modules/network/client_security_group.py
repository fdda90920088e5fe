"""The security group of what may connect to the private services."""

from datetime import date

from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupEgress
from constructs import Construct

from modules.names import Limit, Names
from modules.waivers import waive

__all__ = ["client_security_group"]


def client_security_group(scope: Construct, *, names: Names, vpc_id: str) -> SecurityGroup:
    """Create the group of jobs, tunnels and notebooks. It accepts no connection and may open any.

    Args:
        scope: The network.
        names: The names of the environment's resources.
        vpc_id: The VPC.
    """
    group = SecurityGroup(
        scope,
        "clients",
        name=names.physical("clients", limit=Limit.SECURITY_GROUP),
        # A change of the description would replace the group.
        description="Clients of the private services: jobs, tunnels, notebooks",
        vpc_id=vpc_id,
        # A group has exactly the rules that it lists: a deployment removes rules that were added by hand.
        ingress=[],
        # Routes decide which destinations are reachable: the group only allows outgoing connections.
        egress=[
            SecurityGroupEgress(
                protocol="-1",
                from_port=0,
                to_port=0,
                cidr_blocks=["0.0.0.0/0"],
                description="All destinations that the route tables allow",
            )
        ],
    )
    waive(
        group,
        "CKV_AWS_382",
        owner="ml-platform",
        reason="The routes of network.egress decide which destinations jobs reach, down to none; experiments "
        "download packages, models and data from any place, and flow logs record the connections",
        expires=date(2027, 11, 30),
        plan_only=True,
    )
    return group
