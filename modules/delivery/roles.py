"""The roles of CI, assumed with OIDC tokens of GitHub or GitLab, or by IAM principals."""

from datetime import date

from constructs import Construct

from environments.sections.access import Access as AccessConfig
from modules.delivery.boundary import delivery_boundary
from modules.delivery.deploy_statements import deploy_statements, provider_tag_statement
from modules.delivery.named_resources import Service
from modules.delivery.network_statements import (
    existing_network_statements,
    network_statements,
    private_dns_statement,
)
from modules.delivery.oidc_provider import AUDIENCE, issuer_of, oidc_provider_arn
from modules.delivery.plan_statements import plan_statements
from modules.delivery.remote_state import RemoteState
from modules.delivery.token_subjects import deploy_subjects, plan_subjects
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.iam.trust import trust_of_account, trust_of_principals
from modules.names import Limit, Names
from modules.network import ExistingNetwork, Network
from modules.waivers import waive

__all__ = ["Delivery"]


class Delivery(Construct):
    """The roles `ci-plan` of pull requests, which only reads, and `ci-deploy` of releases, which changes resources.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `access` of the environment's file: the repository and the principals that may assume the
            roles.
        names: The names of the environment's resources.
        network: The environment's network, which `ci-deploy` changes unless another team manages it.
        extensions: The permissions that extensions declare.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AccessConfig,
        names: Names,
        network: Network,
        extensions: tuple[Service, ...] = (),
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._names = names
        self._provider_arn = oidc_provider_arn(self, config=config, names=names) if config.has_oidc else None
        boundary = delivery_boundary(
            self,
            names=names,
            network=network,
            prescribed=config.permissions_boundary_arn,
            extensions=extensions,
        )
        if boundary.resource is not None:
            waive(
                boundary.resource,
                "CKV2_AWS_40",
                owner="ml-platform",
                reason="A permissions boundary grants nothing: it limits the two roles of delivery, whose own policies "
                "name each IAM action, to resources with the environment's name, and denies changes of every "
                "boundary",
                expires=date(2027, 11, 30),
            )
        self.plan = Role(
            self,
            "plan",
            names=names,
            name="ci-plan",
            trust=self._trust("ci-plan", subjects=plan_subjects(config, names.environment)),
            boundary=boundary,
        )
        self.deploy = Role(
            self,
            "deploy",
            names=names,
            name="ci-deploy",
            trust=self._trust("ci-deploy", subjects=deploy_subjects(config, names.environment)),
            boundary=boundary,
            session_hours=2,
        )
        for role in (self.plan, self.deploy):
            self._waive_account_in_trust(role)
        state = RemoteState(names=names)
        state.grant_read(self.plan)
        state.grant_write(self.deploy)
        planning = plan_statements(names, issuer=issuer_of(config), extensions=extensions)
        self.plan.allow("plan", *planning)
        self.deploy.allow("plan", *planning)
        self.deploy.allow("deploy", *deploy_statements(names, extensions=extensions))
        if isinstance(network, ExistingNetwork):
            statements = existing_network_statements(
                names, vpc_arn=network.vpc_arn, flow_logs=network.writes_flow_logs
            )
        else:
            statements = network_statements(names, vpc_arn=network.vpc_arn)
        self.deploy.allow("network", *statements)
        if network.has_private_dns:
            self.deploy.allow("private-dns", private_dns_statement())
            waive(
                self.deploy.resource,
                "wildcard-resource",
                owner="ml-platform",
                reason="The private names of an interface endpoint are in a hosted zone of AWS, whose id is not known "
                "before the endpoint exists",
                expires=date(2027, 11, 30),
            )
        if self._provider_arn is not None and config.github_oidc_provider == "create":
            self.deploy.allow("provider", provider_tag_statement(names, issuer=issuer_of(config)))

    def _trust(self, name: str, *, subjects: tuple[str, ...]) -> tuple[Statement, ...]:
        access = self._config
        trust: list[Statement] = []
        if self._provider_arn is not None:
            issuer = issuer_of(access)
            patterns = any("*" in subject for subject in subjects)
            test = {f"{issuer}:aud": AUDIENCE}
            trust.append(
                Statement(
                    sid="Workflows",
                    actions=("sts:AssumeRoleWithWebIdentity",),
                    principals={"Federated": (self._provider_arn,)},
                    conditions={"StringEquals": test, "StringLike": {f"{issuer}:sub": subjects}}
                    if patterns
                    else {"StringEquals": {**test, f"{issuer}:sub": subjects}},
                )
            )
        if access.ci_principals:
            trust.extend(trust_of_principals(access.ci_principals, names=self._names))
        if not trust:
            # A trust policy must name a principal. Only the role itself satisfies this condition: nobody can assume it.
            own = self._names.physical(name, limit=Limit.IAM_ROLE)
            only = (self._names.identity("role", own),)
            trust.append(trust_of_account(self._names, only=only))
        return tuple(trust)

    def _waive_account_in_trust(self, role: Role) -> None:
        access = self._config
        named = any({"*", "?"} & set(principal) for principal in access.ci_principals)
        if named or not (access.ci_principals or access.has_oidc):
            waive(
                role.resource,
                "CKV_AWS_61",
                owner="ml-platform",
                reason="Of the account, a condition on aws:PrincipalArn admits only the principals in "
                "access.ci_principals, and without any only the role itself, so that nobody can assume it",
                expires=date(2027, 11, 30),
            )
