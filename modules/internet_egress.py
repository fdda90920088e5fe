"""The way out to the internet for private subnets: NAT gateways in public ones."""

from ipaddress import IPv4Network

from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from constructs import Construct

from environments import Environment
from modules.names import Limit, physical_name

__all__ = ["InternetEgress"]

_ANYWHERE = "0.0.0.0/0"


class InternetEgress(Construct):
    """One NAT gateway, or one per zone, as the environment's `network.egress` says.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        vpc_id: The network that gets a way out.
        zone_names: Its availability zones.
        subnet_ranges: A public range for each zone.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        vpc_id: str,
        zone_names: list[str],
        subnet_ranges: list[IPv4Network],
    ) -> None:
        super().__init__(scope, id)
        name = {"Name": physical_name(config, "public", limit=Limit.TAG_VALUE)}
        self.resource = InternetGateway(self, "gateway", vpc_id=vpc_id, tags=name)
        routes = RouteTable(self, "public-routes", vpc_id=vpc_id, tags=name)
        Route(
            self,
            "public-route",
            route_table_id=routes.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=self.resource.id,
        )
        self._nat_gateways: list[NatGateway] = []
        count = len(zone_names) if config.network.egress == "nat-per-zone" else 1
        for index in range(count):
            subnet = Subnet(
                self,
                f"public-{index}",
                vpc_id=vpc_id,
                availability_zone=zone_names[index],
                cidr_block=str(subnet_ranges[index]),
                tags=name,
            )
            RouteTableAssociation(
                self, f"public-association-{index}", subnet_id=subnet.id, route_table_id=routes.id
            )
            address = Eip(self, f"address-{index}", domain="vpc", tags=name)
            self._nat_gateways.append(
                NatGateway(
                    self,
                    f"nat-{index}",
                    subnet_id=subnet.id,
                    allocation_id=address.id,
                    tags=name,
                    depends_on=[self.resource],
                )
            )

    def route(self, table: RouteTable, zone: int) -> None:
        """Send what leaves a private subnet of the zone with that index through its NAT gateway, or the only one."""
        gateway = self._nat_gateways[min(zone, len(self._nat_gateways) - 1)]
        Route(
            self,
            f"private-route-{zone}",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            nat_gateway_id=gateway.id,
        )
