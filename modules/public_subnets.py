"""Public subnets, of NAT gateways or of instances with a public address."""

from collections.abc import Sequence
from datetime import date
from ipaddress import IPv4Network

from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from constructs import Construct

from modules.names import Limit, Names
from modules.waivers import waive

__all__ = ["PublicSubnets"]


class PublicSubnets(Construct):
    """An internet gateway, and a public subnet in each zone.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        vpc_id: The VPC.
        zone_names: The availability zones.
        subnet_ranges: An address range for each zone.
        public_addresses: Whether instances in them get a public address.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        vpc_id: str,
        zone_names: list[str],
        subnet_ranges: Sequence[IPv4Network],
        public_addresses: bool,
    ) -> None:
        super().__init__(scope, id)
        name = {"Name": names.physical("public", limit=Limit.TAG_VALUE)}
        self.resource = InternetGateway(self, "gateway", vpc_id=vpc_id, tags=name)
        self.route_table = RouteTable(self, "routes", vpc_id=vpc_id, tags=name)
        Route(
            self,
            "route",
            route_table_id=self.route_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=self.resource.id,
        )
        self.subnet_ids: list[str] = []
        for zone, (zone_name, subnet_range) in enumerate(zip(zone_names, subnet_ranges, strict=True)):
            subnet = Subnet(
                self,
                f"public-{zone}",
                vpc_id=vpc_id,
                availability_zone=zone_name,
                cidr_block=str(subnet_range),
                map_public_ip_on_launch=public_addresses,
                tags=name,
            )
            if public_addresses:
                waive(
                    subnet,
                    "CKV_AWS_130",
                    owner="ml-platform",
                    reason="A disposable environment pays for addresses while jobs run, and for no NAT gateway: "
                    "instances with an address have the clients security group, which allows no incoming "
                    "connection",
                    expires=date(2027, 11, 30),
                )
            RouteTableAssociation(
                self, f"association-{zone}", subnet_id=subnet.id, route_table_id=self.route_table.id
            )
            self.subnet_ids.append(subnet.id)
