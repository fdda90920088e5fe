"""EC2: the description of a security group's rule, whatever the rule refers to."""

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupRule

from terrarium.sandbox.host import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's EC2."""
    _keep_descriptions_of_rules()


def _keep_descriptions_of_rules() -> None:
    """Moto reads a rule's description from its CIDR only: Terraform saw rules for security groups lose theirs."""
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

    SecurityGroupRule.__init__ = initialize_with_description  # type: ignore[assignment,method-assign] # the point of it
