"""NAT gateways in public subnets, through which private subnets reach the internet."""

from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from constructs import Construct

from modules.names import Limit, Names
from modules.public_subnets import PublicSubnets

__all__ = ["NatEgress"]


class NatEgress(Construct):
    """One NAT gateway, or one per availability zone.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        public_subnets: The subnets of the gateways.
        per_zone: Whether every zone has a gateway.
    """

    def __init__(
        self, scope: Construct, id: str, *, names: Names, public_subnets: PublicSubnets, per_zone: bool
    ) -> None:
        super().__init__(scope, id)
        count = len(public_subnets.subnet_ids) if per_zone else 1
        # A name for each: `terrarium recover` finds them by it.
        tags = [{"Name": names.physical(f"egress-{zone}", limit=Limit.TAG_VALUE)} for zone in range(count)]
        self._gateways = [
            NatGateway(
                self,
                f"nat-{zone}",
                subnet_id=public_subnets.subnet_ids[zone],
                allocation_id=Eip(self, f"address-{zone}", domain="vpc", tags=tags[zone]).id,
                tags=tags[zone],
                depends_on=[public_subnets.resource],
            )
            for zone in range(count)
        ]

    def route(self, table: RouteTable, zone: int) -> None:
        """Route the traffic of a private subnet through the NAT gateway of its zone, or through the only one."""
        gateway = self._gateways[min(zone, len(self._gateways) - 1)]
        Route(
            self,
            f"private-route-{zone}",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=gateway.id,
        )
