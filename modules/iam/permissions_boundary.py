"""Permissions boundaries: the upper limit of the permissions of roles."""

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from modules.iam.statement import Statement, policy_document
from modules.names import Limit, Names

__all__ = ["PermissionsBoundary"]


class PermissionsBoundary(Construct):
    """A managed policy that limits roles. It grants nothing by itself.

    A role has one boundary only. If the company prescribes one, roles carry that instead, and the denials of this one
    become a managed policy of each role, which denies as strictly. Its other statements have no effect then: the limit
    of the allowed actions is the company's.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        name: The last part of its physical name, which ends with `boundary`.
        statements: The most that the roles can be granted, and denials that no grant can override.
        prescribed: The ARN of the company's boundary, if it prescribes one.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        name: str,
        statements: tuple[Statement, ...],
        prescribed: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.statements = statements
        self.resource: IamPolicy | None = None
        self.denials: IamPolicy | None = None
        path = None if names.role_path == "/" else names.role_path
        if prescribed is None:
            self.resource = IamPolicy(
                self,
                "policy",
                name=names.physical(name, limit=Limit.IAM_POLICY),
                path=path,
                # A change of the description would replace the policy.
                description="The most that a role of this environment can do",
                policy=policy_document(statements),
            )
        elif denials := [statement for statement in statements if statement.effect == "Deny"]:
            self.denials = IamPolicy(
                self,
                "denials",
                name=names.physical(name.replace("boundary", "denials"), limit=Limit.IAM_POLICY),
                path=path,
                description="Denied to the roles of this environment, whatever they are granted",
                policy=policy_document(denials),
            )
        # The resource's own ARN, so that Terraform creates the boundary before the role and deletes it after: IAM
        # answers CreateRole with NoSuchEntity for a boundary that does not exist.
        self.arn: str = prescribed or (self.resource.arn if self.resource else "")
