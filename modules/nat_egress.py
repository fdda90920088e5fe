"""The way out to the internet for private subnets: NAT gateways in the public ones."""

from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from constructs import Construct

from modules.names import Limit, Names
from modules.public_subnets import PublicSubnets

__all__ = ["NatEgress"]


class NatEgress(Construct):
    """One NAT gateway, or one per zone.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        public_subnets: Where the gateways stand.
        per_zone: Whether every zone has its own.
    """

    def __init__(
        self, scope: Construct, id: str, *, names: Names, public_subnets: PublicSubnets, per_zone: bool
    ) -> None:
        super().__init__(scope, id)
        name = {"Name": names.physical("egress", limit=Limit.TAG_VALUE)}
        count = len(public_subnets.subnet_ids) if per_zone else 1
        self._gateways = [
            NatGateway(
                self,
                f"nat-{zone}",
                subnet_id=public_subnets.subnet_ids[zone],
                allocation_id=Eip(self, f"address-{zone}", domain="vpc", tags=name).id,
                tags=name,
                depends_on=[public_subnets.resource],
            )
            for zone in range(count)
        ]

    def route(self, table: RouteTable, zone: int) -> None:
        """Send what leaves a private subnet through the NAT gateway of the zone with that index, or the only one."""
        gateway = self._gateways[min(zone, len(self._gateways) - 1)]
        Route(
            self,
            f"private-route-{zone}",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            nat_gateway_id=gateway.id,
        )
