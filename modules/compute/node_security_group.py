"""The security group for connections between the nodes of a multi-node job."""

from cdktf_cdktf_provider_aws.security_group import (
    SecurityGroup,
    SecurityGroupEgress,
    SecurityGroupIngress,
)
from constructs import Construct

from modules.names import Limit, Names

__all__ = ["NodeSecurityGroup"]


class NodeSecurityGroup(Construct):
    """A security group whose members reach each other on every port.

    Each node of a multi-node job has a network interface of its own with the security groups of its compute
    environment, and no port is open between them by default (AWS Batch User Guide, "Compute environment considerations"
    of multi-node parallel jobs). Rendezvous and collective communication libraries choose their ports at run time.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        pool: The name of the pool.
        vpc_id: The VPC.
    """

    def __init__(self, scope: Construct, id: str, *, names: Names, pool: str, vpc_id: str) -> None:
        super().__init__(scope, id)
        self.resource = SecurityGroup(
            self,
            "group",
            name=names.physical(f"{pool}-nodes", limit=Limit.SECURITY_GROUP),
            # A change of the description would replace the group.
            description="Nodes of one job, which reach each other",
            vpc_id=vpc_id,
            # A group has exactly the rules that it lists: a deployment removes rules that were added by hand.
            ingress=[
                SecurityGroupIngress(
                    protocol="-1",
                    from_port=0,
                    to_port=0,
                    self_attribute=True,
                    description="Nodes of the same pool",
                )
            ],
            egress=[
                SecurityGroupEgress(
                    protocol="-1",
                    from_port=0,
                    to_port=0,
                    self_attribute=True,
                    description="Nodes of the same pool",
                )
            ],
        )
