"""Revocation of the sessions of roles, after credentials were leaked."""

from collections.abc import Mapping
from datetime import UTC, datetime

from constructs import Construct

from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Limit, Names

__all__ = ["revoke_sessions"]


def revoke_sessions(scope: Construct, *, names: Names, before: Mapping[str, datetime]) -> None:
    """Deny everything to sessions of roles below `scope` that were issued before a time. Call it before `write_grants`.

    IAM cannot end sessions. Source: IAM User Guide, "Revoke IAM role temporary security credentials".

    Args:
        scope: The stack.
        names: The names of the environment's resources.
        before: The time by role: the part of its name after the environment, such as `scientist`.

    Raises:
        ValueError: The environment has no such role.
    """
    roles = {role.physical_name: role for role in scope.node.find_all() if isinstance(role, Role)}
    prefix = names.physical("", limit=Limit.IAM_ROLE)
    for name, time in before.items():
        role = roles.get(f"{prefix}{name}")
        if role is None:
            known = ", ".join(sorted(found.removeprefix(prefix) for found in roles))
            raise ValueError(f"access.revoke_sessions_before: there is no role {name!r}. Roles: {known}")
        issued = time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        role.allow(
            "revocation",
            Statement(
                sid="RevokeOlderSessions",
                effect="Deny",
                actions=("*",),
                resources=("*",),
                conditions={"DateLessThan": {"aws:TokenIssueTime": issued}},
            ),
        )
