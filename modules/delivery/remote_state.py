"""The bucket of Terraform's state. `terrarium bootstrap` creates it: a stack cannot contain its own state."""

from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import STATE_KEY, Names

__all__ = ["RemoteState"]


class RemoteState:
    """The state bucket of an environment, which belongs to no stack.

    Args:
        names: The names of the environment's resources.
    """

    def __init__(self, *, names: Names) -> None:
        self.bucket = names.state_bucket
        self._arn = names.bucket_arn(self.bucket)

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read the state. A plan without a lock needs no more."""
        return role.allow(
            "state-read",
            Statement(sid="List", actions=("s3:ListBucket",), resources=(self._arn,)),
            Statement(sid="Read", actions=("s3:GetObject",), resources=(f"{self._arn}/{STATE_KEY}",)),
        )

    def grant_write(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read, write and lock the state."""
        return role.allow(
            "state-write",
            Statement(sid="List", actions=("s3:ListBucket",), resources=(self._arn,)),
            Statement(
                sid="Write", actions=("s3:GetObject", "s3:PutObject"), resources=(f"{self._arn}/{STATE_KEY}",)
            ),
            Statement(
                sid="Lock",
                actions=("s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
                resources=(f"{self._arn}/{STATE_KEY}.tflock",),
            ),
        )
