"""The network that other constructs use."""

from collections.abc import Mapping

from constructs import Construct

from modules.iam.statement import Statement

__all__ = ["Network"]


class Network(Construct):
    """The VPC and the subnets of an environment: of the kit (`CreatedNetwork`) or of a company (`ExistingNetwork`).

    Attributes:
        vpc_id: The id of the VPC.
        vpc_arn: Its ARN.
        private_subnet_ids: The subnets of databases. Pass the list as a whole: if Terraform looks the subnets up, it
            is one reference to all of them.
        notebook_subnet_id: The private subnet of notebooks.
        compute_subnet_ids: The subnets of jobs and of the tunnel. Pass the list as a whole, too.
        has_private_dns: Whether the kit creates interface endpoints, with private names, in it.
        proxy_variables: The environment variables with which programs use the company's proxy; none without one.
        client_security_group_id: The group of what may connect to the database: jobs, tunnels, notebooks.
        database_security_group_id: The group of the database. None: the construct of the database creates it.
        node_security_group_id: The group of the nodes of multi-node jobs. None: each pool creates its own.
        keeps_notebook_subnet: Whether notebooks stay in the subnet of their creation when `notebook_subnet_id` changes.
    """

    vpc_id: str
    vpc_arn: str
    private_subnet_ids: list[str]
    notebook_subnet_id: str
    compute_subnet_ids: list[str]
    client_security_group_id: str
    proxy_variables: Mapping[str, str]
    has_private_dns: bool = False
    database_security_group_id: str | None = None
    node_security_group_id: str | None = None
    keeps_notebook_subnet: bool = False

    def notebook_interface_statements(self) -> tuple[Statement, ...]:
        """Return the permissions of a user who starts a notebook, with which SageMaker creates its interface."""
        raise NotImplementedError
