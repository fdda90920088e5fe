"""Permissions boundaries: the upper limit of the permissions of roles."""

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from modules.iam.statement import Statement, policy_document
from modules.names import Limit, Names

__all__ = ["PermissionsBoundary"]


class PermissionsBoundary(Construct):
    """A managed policy that limits roles. It grants nothing by itself.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        name: The last part of its physical name.
        statements: The most that the roles can be granted, and denials that no grant can override.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        name: str,
        statements: tuple[Statement, ...],
    ) -> None:
        super().__init__(scope, id)
        self.statements = statements
        self.resource = IamPolicy(
            self,
            "policy",
            name=names.physical(name, limit=Limit.IAM_POLICY),
            # A change of the description would replace the policy.
            description="The most that a role of this environment can do",
            policy=policy_document(statements),
        )
