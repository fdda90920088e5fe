"""The private network: subnets without a public address, and only the ways out that the environment pays for."""

from ipaddress import IPv4Network

from cdktf import Fn
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from constructs import Construct

from environments import Environment
from modules.encryption import Encryption
from modules.internet_egress import InternetEgress
from modules.log_group import LogGroup
from modules.names import Limit, arn, physical_name
from modules.permissions_boundary import PermissionsBoundary
from modules.role import Role
from modules.trust import trust_of_service

__all__ = ["Network"]


class Network(Construct):
    """A VPC with one private subnet per zone, S3 and DynamoDB reached without the internet, and flow logs.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        encryption: The key that encrypts the flow logs.
        boundary: Bounds the role that writes them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        encryption: Encryption,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self.resource = Vpc(
            self,
            "vpc",
            cidr_block=str(config.network.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._named("network"),
        )
        # Whatever is started without naming a security group can neither speak nor be spoken to.
        DefaultSecurityGroup(self, "default-security-group", vpc_id=self.vpc_id)
        zones = DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            filter=[DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
        )
        self._zone_names = [
            Fn.element(zones.names, index) for index in range(config.network.availability_zones)
        ]
        private, public = _subnet_ranges(config.network.cidr, len(self._zone_names))
        egress = (
            None
            if config.network.egress == "none"
            else InternetEgress(
                self,
                "egress",
                config=config,
                vpc_id=self.vpc_id,
                zone_names=self._zone_names,
                subnet_ranges=public,
            )
        )
        self.private_subnet_ids = self._private_subnets(private, egress)
        self.client_security_group_id = self._client_security_group()
        self._flow_logs(encryption, boundary)

    @property
    def vpc_id(self) -> str:
        """The VPC's id."""
        return self.resource.id

    def _private_subnets(self, ranges: list[IPv4Network], egress: InternetEgress | None) -> list[str]:
        subnets, tables = [], []
        for index, (zone, subnet_range) in enumerate(zip(self._zone_names, ranges, strict=True)):
            subnet = Subnet(
                self,
                f"private-{index}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=str(subnet_range),
                tags=self._named(f"private-{index}"),
            )
            table = RouteTable(
                self, f"private-routes-{index}", vpc_id=self.vpc_id, tags=self._named(f"private-{index}")
            )
            RouteTableAssociation(
                self, f"private-association-{index}", subnet_id=subnet.id, route_table_id=table.id
            )
            if egress is not None:
                egress.route(table, index)
            subnets.append(subnet.id)
            tables.append(table.id)
        for service in ("s3", "dynamodb"):
            VpcEndpoint(
                self,
                f"{service}-endpoint",
                vpc_id=self.vpc_id,
                service_name=f"com.amazonaws.{self._config.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=tables,
                tags=self._named(service),
            )
        return subnets

    def _client_security_group(self) -> str:
        group = SecurityGroup(
            self,
            "clients",
            name=physical_name(self._config, "clients", limit=Limit.SECURITY_GROUP),
            description="Worn by what may reach the platform's private services",
            vpc_id=self.vpc_id,
        )
        # What lies beyond the network is decided by its routes: the group only lets connections begin.
        VpcSecurityGroupEgressRule(
            self,
            "clients-egress",
            security_group_id=group.id,
            ip_protocol="-1",
            cidr_ipv4="0.0.0.0/0",
            description="Wherever the network's routes lead",
        )
        return group.id

    def _flow_logs(self, encryption: Encryption, boundary: PermissionsBoundary) -> None:
        group = LogGroup(
            self,
            "flow-logs",
            name=f"/terrarium/{self._config.name}/flow-logs",
            retention_days=self._config.network.log_retention_days,
            encryption=encryption,
        )
        role = Role(
            self,
            "flow-log-role",
            config=self._config,
            name="flow-logs",
            trust=trust_of_service(
                "vpc-flow-logs.amazonaws.com",
                config=self._config,
                source=arn(self._config, "ec2", "vpc-flow-log/*"),
            ),
            boundary=boundary,
        )
        group.grant_write(role)
        FlowLog(
            self,
            "flow-log",
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=600,
        )

    def _named(self, part: str) -> dict[str, str]:
        return {"Name": physical_name(self._config, part, limit=Limit.TAG_VALUE)}


def _subnet_ranges(cidr: IPv4Network, zones: int) -> tuple[list[IPv4Network], list[IPv4Network]]:
    # Eighths: the first four for private subnets, of which jobs take many addresses; the fifth, quartered, for public
    # ones. Adding a zone moves no range, since a moved range would replace the subnet.
    eighths = list(cidr.subnets(prefixlen_diff=3))
    public = list(eighths[4].subnets(prefixlen_diff=2))
    return eighths[:zones], public[:zones]
