"""IAM roles, whose permissions come from grants only."""

from cdktf_cdktf_provider_aws.iam_role import IamRole
from constructs import Construct

from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role_policies import RolePolicies, distinct_statements
from modules.iam.statement import Statement, policy_document
from modules.names import Limit, Names

__all__ = ["Role", "write_grants"]


class Role(Construct):
    """An IAM role. It has no permissions until constructs grant it some.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        name: The last part of its physical name.
        trust: The statements of its trust policy.
        boundary: The permissions boundary.
        session_hours: The longest duration of a session, from 1 to 12 hours.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        name: str,
        trust: tuple[Statement, ...],
        boundary: PermissionsBoundary,
        session_hours: int = 1,
    ) -> None:
        super().__init__(scope, id)
        self._boundary = boundary
        self._path = None if names.role_path == "/" else names.role_path
        self.physical_name = names.physical(name, limit=Limit.IAM_ROLE)
        self.resource = IamRole(
            self,
            "role",
            name=self.physical_name,
            assume_role_policy=policy_document(trust),
            path=self._path,
            permissions_boundary=boundary.arn,
            max_session_duration=session_hours * 3600,
        )
        self.grants: dict[str, tuple[Statement, ...]] = {}

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return self.resource.arn

    @property
    def name(self) -> str:
        """The role's physical name."""
        return self.resource.name

    def allow(self, grant: str, *statements: Statement) -> tuple[Statement, ...]:
        """Add a grant under a name. The `grant_*` methods of constructs call this.

        Returns:
            The statements that were added.

        Raises:
            ValueError: The role already has a grant of that name, or two statements have the same `sid`.
        """
        sids = [statement.sid for statement in statements]
        if len(set(sids)) < len(sids):
            # IAM refuses the policy: "Statement IDs (SID) in a single policy must be unique".
            raise ValueError(
                f"the grant {grant!r} of the role {self.node.path} repeats a sid: {', '.join(sids)}"
            )
        if grant in self.grants:
            raise ValueError(f"the role {self.node.path} was granted {grant!r} twice")
        self.grants[grant] = statements
        return statements

    def write_policies(self, statements: list[Statement]) -> None:
        """Write the policies of the role. Called once, by `write_grants`."""
        RolePolicies(
            self,
            "grants",
            role=self.resource,
            name=self.physical_name,
            path=self._path,
            statements=statements,
            denials=self._boundary.denials,
        )


def write_grants(scope: Construct) -> None:
    """Write the policies of every role below `scope`. Call it after the last grant and before synthesis.

    Grants are collected first, because IAM limits the number of a role's policies: one policy per grant would be too
    many.
    """
    roles = [construct for construct in scope.node.find_all() if isinstance(construct, Role)]
    granted = distinct_statements(scope, [role.grants for role in roles])
    for role, statements in zip(roles, granted, strict=True):
        role.write_policies(statements)
