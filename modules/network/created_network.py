"""The network that the kit creates: a VPC, its subnets and endpoints, and the egress that is configured."""

from collections.abc import Sequence
from datetime import date
from ipaddress import IPv4Network

from cdktf import Fn, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from environments.sections.network import Network as NetworkConfig
from environments.subnet_ranges import ZONES_OF_DATABASE, subnet_ranges
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.statement import Statement, policy_document
from modules.names import Limit, Names
from modules.nat_egress import NatEgress
from modules.network.client_security_group import client_security_group
from modules.network.flow_logs import write_flow_logs
from modules.network.network import Network
from modules.network.proxy import proxy_variables
from modules.public_subnets import PublicSubnets
from modules.waivers import waive
from terrarium.egress import WITH_INTERNET_GATEWAY

__all__ = ["CreatedNetwork"]

# Roles and buckets limit what is read and written through an endpoint.
_ENDPOINT_POLICY = policy_document(
    (Statement(sid="All", principals="*", actions=("*",), resources=("*",)),),
)


class CreatedNetwork(Network):
    """A VPC with one private subnet per zone, gateway endpoints of S3 and DynamoDB, and flow logs.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `network` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts the flow logs.
        boundary: The permissions boundary of the role that writes them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: NetworkConfig,
        names: Names,
        encryption: Encryption,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        if config.cidr is None:
            raise ValueError("a network that the kit creates has a range")
        self._config = config
        self._names = names
        vpc = Vpc(
            self,
            "vpc",
            cidr_block=str(config.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._named("network"),
        )
        self.resource = vpc
        self.vpc_id = vpc.id
        self.vpc_arn = vpc.arn
        # Without rules: resources that name no security group can neither open nor accept connections.
        DefaultSecurityGroup(
            self,
            "default-security-group",
            vpc_id=self.vpc_id,
            ingress=[],  # listed, so that a deployment removes rules that were added by hand
            egress=[],
        )
        zones = DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            filter=[DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
        )
        count = max(config.availability_zones, ZONES_OF_DATABASE)
        # `element` counts from the first again: two subnets would be in one zone.
        zones.lifecycle = TerraformResourceLifecycle(
            postcondition=[
                Postcondition(
                    condition=f"${{length(self.names) >= {count}}}",
                    error_message=f"The account has ${{length(self.names)}} availability zones in {names.region}, not "
                    f"{count}. Set network.availability_zones to a lower number.",
                )
            ]
        )
        waive(
            zones,
            "CKV_AWS_394",
            owner="ml-platform",
            reason="Zones are sorted by name and counted from the first: new ones of AWS come after those in use, "
            "and zones that an account opts in to are filtered out",
            expires=date(2027, 11, 30),
        )
        zone_names = [Fn.element(zones.names, index) for index in range(count)]
        self._zone_names = zone_names[: config.availability_zones]
        ranges = subnet_ranges(config.cidr, public=config.egress in WITH_INTERNET_GATEWAY)
        self._gateway_route_tables: list[str] = []
        self._public_subnets = self._create_public_subnets(ranges.public)
        self.private_subnet_ids = self._private_subnets(zone_names, ranges.private)
        self._gateway_endpoints()
        self.proxy_variables = proxy_variables(config, names=names)
        self.has_private_dns = config.egress == "interface-endpoints"
        self.notebook_subnet_id = self.private_subnet_ids[0]
        self.compute_subnet_ids = self._compute_subnets()
        self.client_security_group_id = client_security_group(self, names=names, vpc_id=self.vpc_id).id
        write_flow_logs(
            self,
            names=names,
            vpc_id=self.vpc_id,
            retention_days=config.log_retention_days,
            encryption=encryption,
            boundary=boundary,
        )

    def _compute_subnets(self) -> list[str]:
        """Return the subnets of jobs: the public ones if `egress` is `public-addresses`, else the private ones."""
        if self._config.egress == "public-addresses" and self._public_subnets is not None:
            return self._public_subnets.subnet_ids
        return self.private_subnet_ids[: self._config.availability_zones]

    def _create_public_subnets(self, ranges: Sequence[IPv4Network]) -> PublicSubnets | None:
        egress = self._config.egress
        if egress not in WITH_INTERNET_GATEWAY:
            return None
        public_subnets = PublicSubnets(
            self,
            "public",
            names=self._names,
            vpc_id=self.vpc_id,
            zone_names=self._zone_names,
            subnet_ranges=ranges[: len(self._zone_names)],
            public_addresses=egress == "public-addresses",
        )
        self._gateway_route_tables.append(public_subnets.route_table.id)
        return public_subnets

    def _private_subnets(self, zone_names: Sequence[str], ranges: Sequence[IPv4Network]) -> list[str]:
        nat = self._nat_egress()
        subnets = []
        for zone, (zone_name, subnet_range) in enumerate(zip(zone_names, ranges, strict=False)):
            name = self._named(f"private-{zone}")
            subnet = Subnet(
                self,
                f"private-{zone}",
                vpc_id=self.vpc_id,
                availability_zone=zone_name,
                cidr_block=str(subnet_range),
                tags=name,
            )
            table = RouteTable(self, f"private-routes-{zone}", vpc_id=self.vpc_id, tags=name)
            RouteTableAssociation(
                self, f"private-association-{zone}", subnet_id=subnet.id, route_table_id=table.id
            )
            if nat is not None:
                nat.route(table, zone)
            subnets.append(subnet.id)
            self._gateway_route_tables.append(table.id)
        return subnets

    def _nat_egress(self) -> NatEgress | None:
        egress = self._config.egress
        if self._public_subnets is None or egress == "public-addresses":
            return None
        return NatEgress(
            self,
            "egress",
            names=self._names,
            public_subnets=self._public_subnets,
            per_zone=egress == "nat-per-zone",
        )

    def _gateway_endpoints(self) -> None:
        for service in ("s3", "dynamodb"):
            VpcEndpoint(
                self,
                f"{service}-endpoint",
                vpc_id=self.vpc_id,
                service_name=f"com.amazonaws.{self._names.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=self._gateway_route_tables,
                # What AWS writes by default. Without it, Terraform would not see another policy.
                policy=_ENDPOINT_POLICY,
                tags=self._named(service),
            )

    def notebook_interface_statements(self) -> tuple[Statement, ...]:
        """Return the statement for an interface in the subnet of notebooks, with the group of clients."""
        return (
            Statement(
                sid="CreateNotebookInterface",
                actions=("ec2:CreateNetworkInterface",),
                resources=(
                    self._names.arn("ec2", "network-interface/*"),
                    self._names.arn("ec2", f"subnet/{self.notebook_subnet_id}"),
                    self._names.arn("ec2", f"security-group/{self.client_security_group_id}"),
                ),
            ),
        )

    def _named(self, part: str) -> dict[str, str]:
        return {"Name": self._names.physical(part, limit=Limit.TAG_VALUE)}
