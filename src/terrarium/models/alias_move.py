"""`AliasMove`: who let an alias mean another version, when and why."""

from datetime import UTC, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from terrarium.models.tags import ALIAS_MOVE

__all__ = ["AliasMove"]


class AliasMove(BaseModel):
    """One move of an alias.

    Attributes:
        alias: E.g. `champion`.
        before: The version that it meant; None for none.
        after: The version that it means since; None for none.
        by: ARN of who moved it.
        at: Aware, UTC.
        reason: As stated; may be empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alias: str
    before: int | None
    after: int | None
    by: str
    at: datetime
    reason: str = ""

    @classmethod
    def now(cls, alias: str, *, before: int | None, after: int | None, by: str, reason: str) -> Self:
        """A move that is being made."""
        return cls(alias=alias, before=before, after=after, by=by, at=datetime.now(UTC), reason=reason)

    @property
    def tag(self) -> str:
        """The registered model's tag that holds it; in alphabetical order, moves are in the order of time."""
        return f"{ALIAS_MOVE}{self.alias}.{self.at:%Y-%m-%dT%H:%M:%S.%f}"

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        before, after = (f"version {number}" if number else "nothing" for number in (self.before, self.after))
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z {self.alias} from {before} to {after}, by {self.by}{reason}"
