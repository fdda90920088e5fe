"""The most that any role of the environment can do, whatever it is granted."""

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from environments import Environment
from modules.names import Limit, physical_name
from modules.statement import Statement, policy_document

__all__ = ["PermissionsBoundary"]


class PermissionsBoundary(Construct):
    """A managed policy that bounds roles; it grants nothing by itself.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        name: What it bounds; its physical name follows.
        services: The IAM prefixes of the services that a bounded role may use at all.
        allowed: What it may use besides, of services that would be too much as a whole.
        denied: What it may not, even within those services.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        name: str,
        services: tuple[str, ...],
        allowed: tuple[Statement, ...] = (),
        denied: tuple[Statement, ...] = (),
    ) -> None:
        super().__init__(scope, id)
        physical = physical_name(config, name, limit=Limit.IAM_POLICY)
        self.resource = IamPolicy(
            self,
            "policy",
            name=physical,
            description="The most that a role of this environment can do",
            policy=policy_document(
                (
                    Statement(
                        sid="Within", actions=tuple(f"{service}:*" for service in services), resources=("*",)
                    ),
                    *allowed,
                    *denied,
                )
            ),
        )
