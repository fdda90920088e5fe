"""Continuous delivery: the roles that CI assumes, by GitHub's OIDC tokens or as named principals."""

from datetime import date

from constructs import Construct

from environments import Environment
from modules.delivery.boundary import delivery_boundary
from modules.delivery.github_provider import AUDIENCE, ISSUER, github_provider_arn
from modules.delivery.network_statements import network_statements
from modules.delivery.remote_state import RemoteState
from modules.delivery.statements import deploy_statements, plan_statements, provider_tag_statement
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.iam.trust import trust_of_account, trust_of_principals
from modules.names import Limit, arn, physical_name
from modules.network import Network
from modules.waivers import waive

__all__ = ["Delivery"]


class Delivery(Construct):
    """The roles of pull requests (`plan`, which only reads) and of releases (`deploy`, which changes resources).

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment; its section `access` names the repository and the principals that may assume
            the roles.
        network: The environment's network, which `deploy` changes.
    """

    def __init__(self, scope: Construct, id: str, *, config: Environment, network: Network) -> None:
        super().__init__(scope, id)
        self._config = config
        self._provider_arn = (
            github_provider_arn(self, config=config) if config.access.github_repository is not None else None
        )
        boundary = delivery_boundary(self, config=config, vpc_arn=network.resource.arn)
        waive(
            boundary.resource,
            "CKV2_AWS_40",
            owner="ml-platform",
            reason="A permissions boundary grants nothing: it bounds the two roles of delivery, whose own policies "
            "name each IAM action, to what bears the environment's name, and denies touching any boundary",
            expires=date(2027, 11, 30),
        )
        self.plan = Role(
            self,
            "plan",
            config=config,
            name="ci-plan",
            trust=self._trust("ci-plan", subjects=("pull_request", f"environment:{config.name}")),
            boundary=boundary,
        )
        self.deploy = Role(
            self,
            "deploy",
            config=config,
            name="ci-deploy",
            trust=self._trust("ci-deploy", subjects=(f"environment:{config.name}",)),
            boundary=boundary,
            session_hours=2,
        )
        for role in (self.plan, self.deploy):
            self._waive_account_in_trust(role)
        state = RemoteState(config=config)
        state.grant_read(self.plan)
        state.grant_write(self.deploy)
        self.plan.allow("plan", *plan_statements(config))
        self.deploy.allow("plan", *plan_statements(config))
        self.deploy.allow("deploy", *deploy_statements(config))
        self.deploy.allow("network", *network_statements(config, vpc_arn=network.resource.arn))
        if self._provider_arn is not None and config.access.github_oidc_provider == "create":
            self.deploy.allow("provider", provider_tag_statement(config))

    def _trust(self, name: str, *, subjects: tuple[str, ...]) -> tuple[Statement, ...]:
        access = self._config.access
        trust: list[Statement] = []
        if self._provider_arn is not None:
            trust.append(
                Statement(
                    sid="Workflows",
                    actions=("sts:AssumeRoleWithWebIdentity",),
                    principals={"Federated": (self._provider_arn,)},
                    conditions={
                        "StringEquals": {
                            f"{ISSUER}:aud": AUDIENCE,
                            f"{ISSUER}:sub": tuple(
                                f"repo:{access.github_repository}:{subject}" for subject in subjects
                            ),
                        }
                    },
                )
            )
        if access.ci_principals:
            trust.extend(trust_of_principals(access.ci_principals, config=self._config))
        if not trust:
            # A trust policy must name a principal. Only the role itself passes this condition: nobody can assume it.
            own = physical_name(self._config, name, limit=Limit.IAM_ROLE)
            only = (arn(self._config, "iam", f"role/{own}", regional=False),)
            trust.append(trust_of_account(self._config.account, only=only))
        return tuple(trust)

    def _waive_account_in_trust(self, role: Role) -> None:
        access = self._config.access
        named = any({"*", "?"} & set(principal) for principal in access.ci_principals)
        if named or not (access.ci_principals or access.github_repository):
            waive(
                role.resource,
                "CKV_AWS_61",
                owner="ml-platform",
                reason="Of the account, a condition on aws:PrincipalArn admits only the principals that "
                "access.ci_principals names, and without any only the role itself, which is nobody",
                expires=date(2027, 11, 30),
            )
