"""Interface endpoints: the AWS services that an environment uses, at addresses of its network."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from modules.iam.statement import Statement, policy_document
from modules.names import Limit, Names
from modules.network.network import Network

__all__ = ["InterfaceEndpoints", "service_name"]

_HTTPS = 443
# Only container agents call them. They do not support endpoint policies in every region.
_WITHOUT_POLICY = ("ecs-agent", "ecs-telemetry")
# Images may come from repositories of other accounts: those of AWS, or of the company.
_ANY_RESOURCE = ("ecr.api", "ecr.dkr")
# Source: endpoint services of the regions in China, as the AWS CDK lists them.
_CHINESE = ("athena", "batch", "ecr.api", "ecr.dkr", "sagemaker.api", "sts")


class InterfaceEndpoints(Construct):
    """One endpoint per service, with private DNS and a policy for the accounts of the environment.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        network: The network that they are in.
        services: The names of the services, such as `ecr.api`.
        zones: The number of availability zones with an address of each endpoint. The others use them, too.
        accounts: The accounts whose roles and resources are reachable: the environment's own, and that of the
            environment that it promotes models from.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        network: Network,
        services: Sequence[str],
        zones: int,
        accounts: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self._names = names
        self._network = network
        subnets = [network.notebook_subnet_id] if zones == 1 else network.private_subnet_ids[:zones]
        group = self._security_group()
        for service in services:
            VpcEndpoint(
                self,
                service.replace(".", "-"),
                vpc_id=network.vpc_id,
                service_name=service_name(service, names.region),
                vpc_endpoint_type="Interface",
                subnet_ids=subnets,
                security_group_ids=[group.id],
                private_dns_enabled=True,
                policy=_policy(service, accounts),
                tags={"Name": names.physical(service, limit=Limit.TAG_VALUE)},
            )

    def _security_group(self) -> SecurityGroup:
        return SecurityGroup(
            self,
            "security-group",
            name=self._names.physical("endpoints", limit=Limit.SECURITY_GROUP),
            # A change of the description would replace the group.
            description="Interface endpoints of AWS services",
            vpc_id=self._network.vpc_id,
            ingress=[
                SecurityGroupIngress(
                    protocol="tcp",
                    from_port=_HTTPS,
                    to_port=_HTTPS,
                    security_groups=[self._network.client_security_group_id],
                    description="HTTPS from clients",
                )
            ],
            egress=[],
            tags={"Name": self._names.physical("endpoints", limit=Limit.TAG_VALUE)},
        )


def service_name(service: str, region: str) -> str:
    """Return the name of an endpoint service, such as `com.amazonaws.eu-central-1.ecr.api`."""
    prefix = "cn.com.amazonaws" if region.startswith("cn-") and service in _CHINESE else "com.amazonaws"
    return f"{prefix}.{region}.{service}"


def _policy(service: str, accounts: Sequence[str]) -> str | None:
    """Return the policy of an endpoint: credentials of other accounts cannot be used through it.

    Roles and boundaries limit the resources within the accounts.
    """
    if service in _WITHOUT_POLICY:
        return None
    conditions = {"StringEquals": {"aws:PrincipalAccount": tuple(accounts)}}
    if service not in _ANY_RESOURCE:
        # Not every action has a resource.
        conditions["StringEqualsIfExists"] = {"aws:ResourceAccount": tuple(accounts)}
    return policy_document(
        (
            Statement(
                sid="OwnAccounts",
                principals="*",
                actions=("*",),
                resources=("*",),
                conditions=conditions,
            ),
        )
    )
