"""Permissions boundaries: the upper limit of what roles can be granted."""

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from environments import Environment
from modules.names import Limit, physical_name
from modules.statement import Statement, policy_document

__all__ = ["PermissionsBoundary"]


class PermissionsBoundary(Construct):
    """A managed policy that limits roles. It grants nothing by itself.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        name: The part of its physical name that tells boundaries apart.
        services: The IAM prefixes of the services whose actions it allows.
        allowed: Statements about further services, which would allow too much as a whole.
        denied: Statements that deny what the others allow.
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
