"""Continuous delivery: GitHub's workflows enter by OIDC, without any stored key."""

from datetime import date

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from environments import Environment
from modules.delivery_permissions import deploy_statements, plan_statements
from modules.delivery_services import SERVICES_BY_NAME
from modules.names import Limit, arn, name_pattern, physical_name
from modules.permissions_boundary import PermissionsBoundary
from modules.remote_state import RemoteState
from modules.role import Role
from modules.statement import Statement
from modules.trust import trust_of_principals
from modules.waivers import waive

__all__ = ["Delivery"]

_SERVICES_OF_DELIVERY = (
    *(service.prefix for service in SERVICES_BY_NAME),
    "ec2",
    "kms",
    "s3",
    "secretsmanager",
)

_ISSUER = "token.actions.githubusercontent.com"


class Delivery(Construct):
    """The roles of pull requests (`plan`, which only looks) and of releases (`deploy`, which changes).

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment; its `access.github_repository` says whose workflows may assume them.
    """

    def __init__(self, scope: Construct, id: str, *, config: Environment) -> None:
        super().__init__(scope, id)
        self._config = config
        repository = config.access.github_repository
        if repository is not None:
            IamOpenidConnectProvider(
                self, "github", url=f"https://{_ISSUER}", client_id_list=["sts.amazonaws.com"]
            )
        boundary = PermissionsBoundary(
            self,
            "boundary",
            config=config,
            name="delivery-boundary",
            services=_SERVICES_OF_DELIVERY,
            allowed=self._own_identities(),
            denied=self._no_way_up(),
        )
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
            trust=self._trust("pull_request", f"environment:{config.name}"),
            boundary=boundary,
        )
        self.deploy = Role(
            self,
            "deploy",
            config=config,
            name="ci-deploy",
            trust=self._trust(f"environment:{config.name}"),
            boundary=boundary,
            session_hours=2,
        )
        state = RemoteState(config=config)
        state.grant_read(self.plan)
        state.grant_write(self.deploy)
        self.plan.allow("plan", *plan_statements(config))
        self.deploy.allow("plan", *plan_statements(config))
        self.deploy.allow("deploy", *deploy_statements(config))

    def _trust(self, *subjects: str) -> tuple[Statement, ...]:
        repository = self._config.access.github_repository
        if repository is None:
            return trust_of_principals((), config=self._config)
        return (
            Statement(
                sid="Workflows",
                actions=("sts:AssumeRoleWithWebIdentity",),
                principals={
                    "Federated": (arn(self._config, "iam", f"oidc-provider/{_ISSUER}", regional=False),)
                },
                conditions={
                    "StringEquals": {
                        f"{_ISSUER}:aud": "sts.amazonaws.com",
                        f"{_ISSUER}:sub": tuple(f"repo:{repository}:{subject}" for subject in subjects),
                    }
                },
            ),
        )

    def _own_identities(self) -> tuple[Statement, ...]:
        # Of IAM only what bears the environment's name: else a role that may write policies for itself
        # could rewrite the trust of any other role of the account, and enter it.
        config = self._config
        pattern = name_pattern(config)
        own_roles = arn(config, "iam", f"role/{pattern}", regional=False)
        return (
            Statement(
                sid="OwnIdentities",
                actions=("iam:*",),
                resources=(
                    own_roles,
                    arn(config, "iam", f"policy/{pattern}", regional=False),
                    arn(config, "iam", f"instance-profile/{pattern}", regional=False),
                    arn(config, "iam", f"oidc-provider/{_ISSUER}", regional=False),
                ),
            ),
            Statement(sid="OwnRoles", actions=("sts:AssumeRole",), resources=(own_roles,)),
            Statement(sid="WhoAmI", actions=("sts:GetCallerIdentity",), resources=("*",)),
        )

    def _no_way_up(self) -> tuple[Statement, ...]:
        # A role that makes roles could make itself an administrator: it can neither make one without
        # a boundary nor touch the boundaries. Those are changed by an operator, as `docs/guides/deploy.md` says.
        config = self._config
        boundaries = tuple(
            arn(
                config, "iam", f"policy/{physical_name(config, name, limit=Limit.IAM_POLICY)}", regional=False
            )
            for name in ("boundary", "delivery-boundary")
        )
        return (
            Statement(
                sid="NoRoleWithoutBoundary",
                effect="Deny",
                actions=("iam:CreateRole", "iam:PutRolePermissionsBoundary"),
                resources=("*",),
                conditions={"StringNotEquals": {"iam:PermissionsBoundary": boundaries}},
            ),
            Statement(
                sid="NoChangeOfBoundaries",
                effect="Deny",
                actions=(
                    "iam:CreatePolicyVersion",
                    "iam:DeletePolicy",
                    "iam:DeletePolicyVersion",
                    "iam:SetDefaultPolicyVersion",
                ),
                resources=boundaries,
            ),
            Statement(
                sid="NoRemovalOfBoundaries",
                effect="Deny",
                actions=("iam:DeleteRolePermissionsBoundary", "iam:CreateUser", "iam:CreateAccessKey"),
                resources=("*",),
            ),
        )
