"""`AliasMove`: who let an alias mean another version, when and why."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field

from terrarium.artifacts.reference import Digest
from terrarium.models.attested_document import AttestedDocument

__all__ = ["AliasMove"]


class AliasMove(AttestedDocument):
    """One move of an alias.

    Attributes:
        name: Name of the registered model.
        alias: E.g. `champion`.
        number: Number of the move among those of this alias, counted from 1.
        before: The version that it meant; None for none.
        after: The version that it means since; None for none.
        digest: Digest of the package of that version; None also for a version that `lab.models` did not submit.
        at: Aware, UTC.
        reason: As stated; may be empty.
    """

    name: str
    alias: str
    number: Annotated[int, Field(ge=1)]
    before: int | None
    after: int | None
    digest: Digest | None
    at: datetime
    reason: str = ""

    @classmethod
    def now(
        cls,
        name: str,
        alias: str,
        *,
        number: int,
        before: int | None,
        after: int | None,
        digest: str | None,
        by: str,
        reason: str,
    ) -> Self:
        """Return a move that is made now."""
        return cls(
            name=name,
            alias=alias,
            number=number,
            before=before,
            after=after,
            digest=digest,
            by=by,
            at=datetime.now(UTC),
            reason=reason,
        )

    @property
    def subject(self) -> str:
        """The alias and the number of the move."""
        return f"{self.name}/{self.alias}/{self.number}"

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        before, after = (f"version {number}" if number else "nothing" for number in (self.before, self.after))
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z {self.alias} from {before} to {after}, by {self.by}{reason}"
