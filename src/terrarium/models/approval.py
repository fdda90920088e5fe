"""`Approval`: who let a version enter an environment, when and why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from terrarium.models.errors import ApprovalMissingError
from terrarium.models.tags import APPROVAL

__all__ = ["Approval", "check_approved"]


class Approval(BaseModel):
    """A person's word for a version.

    Attributes:
        environment: Where it may enter, or become champion.
        by: ARN of who approved it.
        at: Aware, UTC.
        reason: Why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    by: str
    at: datetime
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

    @classmethod
    def now(cls, environment: str, *, by: str, reason: str) -> Self:
        """An approval that is being given."""
        return cls(environment=environment, by=by, at=datetime.now(UTC), reason=reason)

    @property
    def tag(self) -> str:
        """The version's tag that holds it."""
        return f"{APPROVAL}{self.environment}"

    def __str__(self) -> str:
        return f"for {self.environment} by {self.by} at {self.at:%Y-%m-%d %H:%M:%S}Z: {self.reason}"


def check_approved(reference: str, tags: Mapping[str, str], environment: str) -> None:
    """Refuse a version that nobody approved for `environment`.

    Args:
        reference: The version, as people write it.
        tags: Its tags.
        environment: Where it is to enter, or to become champion.

    Raises:
        ApprovalMissingError: Nobody did.
    """
    if f"{APPROVAL}{environment}" in tags:
        return
    raise ApprovalMissingError(
        f"nobody approved {reference} for {environment!r}, which wants that of every model",
        remedy=f"whoever answers for it: terrarium models approve {reference} --for {environment} --reason ...",
    )
