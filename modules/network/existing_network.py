"""The network of another team, in which the stack creates nothing but security groups."""

from cdktf import Fn, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_security_group import DataAwsSecurityGroup
from constructs import Construct

from environments.sections.network import Network as NetworkConfig
from modules.encryption import Encryption
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.statement import Conditions, Statement
from modules.names import Names
from modules.network.client_security_group import client_security_group
from modules.network.existing_subnets import ExistingSubnets
from modules.network.existing_vpc import ExistingVpc
from modules.network.flow_logs import write_flow_logs
from modules.network.network import Network
from modules.network.proxy import proxy_variables

__all__ = ["ExistingNetwork"]


class ExistingNetwork(Network):
    """The VPC and the subnets that the section `network.existing` names or describes by tags.

    Terraform reads them, and checks what a deployment needs of them, in every plan. It creates the security groups that
    the file does not name, and flow logs if the file asks for them.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `network` of the environment's file.
        vpc: The VPC.
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
        vpc: ExistingVpc,
        names: Names,
        encryption: Encryption,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        existing = config.existing
        self._config = existing
        self._names = names
        self.vpc_id = vpc.id
        self.vpc_arn = vpc.arn
        private = ExistingSubnets(
            self,
            "private",
            vpc=vpc,
            field="private_subnet",
            ids=existing.private_subnet_ids,
            tags=existing.private_subnet_tags,
        )
        private.require_zones_of_database()
        self.private_subnet_ids = private.ids
        self.notebook_subnet_id = (
            existing.private_subnet_ids[0] if existing.private_subnet_ids else Fn.element(private.ids, 0)
        )
        self.keeps_notebook_subnet = True
        self.compute_subnet_ids = self._compute_subnets(vpc)
        self._check_security_groups(vpc)
        self.proxy_variables = proxy_variables(config, names=names)
        self.client_security_group_id = (
            existing.client_security_group_id or client_security_group(self, names=names, vpc_id=vpc.id).id
        )
        self.database_security_group_id = existing.database_security_group_id
        self.node_security_group_id = existing.node_security_group_id
        self.writes_flow_logs = existing.flow_logs
        if existing.flow_logs:
            write_flow_logs(
                self,
                names=names,
                vpc_id=vpc.id,
                retention_days=config.log_retention_days,
                encryption=encryption,
                boundary=boundary,
            )

    def notebook_interface_statements(self) -> tuple[Statement, ...]:
        """Return the statements for an interface in a private subnet, with the group of clients."""
        ids, tags = self._config.private_subnet_ids, self._config.private_subnet_tags
        # Of a subnet that is shared with the account, the ARN names the account of the owner.
        subnets = self._names.foreign_arn("ec2", self._names.region, "*", "subnet/")
        in_vpc: Conditions = {"ArnEquals": {"ec2:Vpc": self.vpc_arn}}
        tagged = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        return (
            Statement(
                sid="CreateNotebookInterface",
                actions=("ec2:CreateNetworkInterface",),
                resources=(
                    self._names.arn("ec2", "network-interface/*"),
                    self._names.arn("ec2", f"security-group/{self.client_security_group_id}"),
                ),
            ),
            Statement(
                sid="NotebookSubnet",
                actions=("ec2:CreateNetworkInterface",),
                resources=tuple(f"{subnets}{one}" for one in ids) or (f"{subnets}*",),
                conditions={**in_vpc, "StringEquals": tagged} if tagged else in_vpc,
            ),
        )

    def _compute_subnets(self, vpc: ExistingVpc) -> list[str]:
        ids, tags = self._config.compute_subnet_ids, self._config.compute_subnet_tags
        if not ids and not tags:
            return self.private_subnet_ids
        return ExistingSubnets(self, "compute", vpc=vpc, field="compute_subnet", ids=ids, tags=tags).ids

    def _check_security_groups(self, vpc: ExistingVpc) -> None:
        """Let a plan fail if a security group that the file names belongs to another VPC."""
        for role in ("client", "database", "node"):
            field = f"{role}_security_group_id"
            group = getattr(self._config, field)
            if group is None:
                continue
            DataAwsSecurityGroup(
                self,
                f"{role}-security-group",
                id=group,
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition=f"${{self.vpc_id == {vpc.resource.fqn}.id}}",
                            error_message=f"The security group {group} (network.existing.{field}) is in "
                            f"${{self.vpc_id}}, not in the VPC of the environment, {vpc.id}.",
                        )
                    ]
                ),
            )
