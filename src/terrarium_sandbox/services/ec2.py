"""EC2: descriptions, tags and deletion of networks and launch templates."""

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPC, VPCBackend

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.ec2_placement_groups import install_placement_groups

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's EC2."""
    _keep_descriptions_of_rules()
    _forget_deleted_endpoints()
    _delete_network_acls_with_their_vpc()
    _keep_tags_of_launch_templates_apart()
    _end_interfaces_of_nat_gateways()
    install_placement_groups()


def _keep_descriptions_of_rules() -> None:
    initialize = SecurityGroupRule.__init__

    def initialize_with_description(
        self: SecurityGroupRule,
        ec2_backend: Any,
        ip_protocol: str,
        group_id: str,
        from_port: str | None,
        to_port: str | None,
        ip_range: dict[str, str] | None,
        source_group: dict[str, str] | None = None,
        prefix_list_id: dict[str, str] | None = None,
        **rest: Any,
    ) -> None:
        for described in (source_group, prefix_list_id):
            if described and "Description" in described:
                ip_range = {**(ip_range or {}), "Description": described["Description"]}
        initialize(
            self, ec2_backend, ip_protocol, group_id, from_port, to_port,
            ip_range, source_group, prefix_list_id, **rest,
        )  # fmt: skip

    patch(
        SecurityGroupRule,
        "__init__",
        initialize_with_description,
        reason="moto reads the description of a rule only from its CIDR: rules for groups and prefix lists lose it.",
    )


def _forget_deleted_endpoints() -> None:
    delete = VPCBackend.delete_vpc_endpoints

    def delete_and_forget(self: Any, vpce_ids: list[str] | None = None) -> None:
        delete(self, vpce_ids)
        for endpoint in vpce_ids or []:
            self.vpc_end_points.pop(endpoint, None)

    patch(
        VPCBackend,
        "delete_vpc_endpoints",
        delete_and_forget,
        reason="moto keeps deleted endpoints without end.",
    )


def _delete_network_acls_with_their_vpc() -> None:
    delete = VPCBackend.delete_vpc

    def delete_with_network_acls(self: Any, vpc_id: str) -> VPC:
        vpc = delete(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        return vpc

    patch(
        VPCBackend,
        "delete_vpc",
        delete_with_network_acls,
        reason="moto leaves the default network ACL of a deleted VPC.",
    )


def _keep_tags_of_launch_templates_apart() -> None:
    create_version = LaunchTemplate.create_version

    def create_version_without_tags(
        self: LaunchTemplate, data: dict[str, Any], description: str
    ) -> LaunchTemplateVersion:
        launched = [
            specification
            for specification in data.pop("TagSpecifications", [])
            if specification["ResourceType"] != "launch-template"
        ]
        return create_version(
            self, {**data, "TagSpecifications": launched} if launched else data, description
        )

    patch(
        LaunchTemplate,
        "create_version",
        create_version_without_tags,
        reason="moto copies the tags of a launch template into what it launches.",
    )
    present = property(lambda template: template.get_tags(), lambda _template, _tags: None)
    patch(
        LaunchTemplate,
        "tags",
        present,
        reason="moto keeps the first tags of a launch template and ignores changes.",
        adds=True,  # moto's is an attribute of each object
    )


def _end_interfaces_of_nat_gateways() -> None:
    delete = NatGatewayBackend.delete_nat_gateway

    def delete_nat_gateway(self: Any, nat_gateway_id: str) -> NatGateway:
        gateway = delete(self, nat_gateway_id)
        self.enis.pop(gateway._eni.id, None)
        return gateway

    patch(
        NatGatewayBackend,
        "delete_nat_gateway",
        delete_nat_gateway,
        reason="moto leaves the network interface of a deleted NAT gateway.",
    )
