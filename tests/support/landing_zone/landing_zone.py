"""The landing zone of a company in the sandbox, and an inventory of what belongs to its network."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

__all__ = ["LandingZone"]

# What a VPC consists of, with the identifiers.
_NETWORK: Mapping[str, tuple[str, str]] = {
    "describe_flow_logs": ("FlowLogs", "FlowLogId"),
    "describe_internet_gateways": ("InternetGateways", "InternetGatewayId"),
    "describe_nat_gateways": ("NatGateways", "NatGatewayId"),
    "describe_network_acls": ("NetworkAcls", "NetworkAclId"),
    "describe_route_tables": ("RouteTables", "RouteTableId"),
    "describe_security_groups": ("SecurityGroups", "GroupId"),
    "describe_subnets": ("Subnets", "SubnetId"),
    "describe_vpc_endpoints": ("VpcEndpoints", "VpcEndpointId"),
    "describe_vpcs": ("Vpcs", "VpcId"),
}


class LandingZone:
    """Resources that platform teams create in an account, by the plain Terraform of this folder.

    Args:
        sandbox: A running sandbox.
        folder: Where Terraform runs.
        account: The account, as `terrarium sandbox env` takes it: the arguments of an environment or of an account.
        region: The region.
        variables: Values of variables.
    """

    def __init__(
        self,
        sandbox: LocalSandbox,
        folder: Path,
        *account: str,
        region: str,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self._ec2 = sandbox.client("ec2", *account)
        for file in Path(__file__).parent.glob("*.tf"):
            shutil.copy(file, folder)
        (folder / "terraform.tfvars.json").write_text(json.dumps(variables or {}))
        self.terraform = Terraform(folder, {**sandbox.environment(*account), "TF_VAR_region": region})
        self.terraform.succeed("init")
        self.terraform.succeed("apply", "-auto-approve")
        outputs = json.loads((folder / "terraform.tfstate").read_text())["outputs"]
        self.outputs: Mapping[str, Any] = {name: one["value"] for name, one in outputs.items()}

    def network(self) -> dict[str, dict[str, Any]]:
        """Return everything of every VPC of the account, by kind and identifier, without generated descriptions."""
        return {
            kind: {one[identifier]: one for one in getattr(self._ec2, operation)()[kind]}
            for operation, (kind, identifier) in _NETWORK.items()
        }

    def is_as_described(self) -> bool:
        """Return whether Terraform finds nothing to change: `terraform plan` is empty."""
        return self.terraform.run("plan", "-detailed-exitcode").returncode == 0
