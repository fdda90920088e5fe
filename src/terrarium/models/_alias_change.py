"""`AliasChange`: the attested change of an alias to another version."""

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field

from terrarium.artifacts.reference import Digest
from terrarium.models._attested_document import AttestedDocument

__all__ = ["AliasChange"]


class AliasChange(AttestedDocument):
    """One change of an alias.

    Attributes:
        name: The name of the registered model.
        alias: The alias, e.g. `champion`.
        number: The number of the change among those of this alias, counted from 1.
        before: The version before the change; None if the alias was not set.
        after: The version after the change; None if the alias was removed.
        digest: The digest of that version's package; None also for a version that `lab.models` did not submit.
        at: The time of the change, aware, UTC.
        reason: The stated reason; may be empty.
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
        """Return a change with the current time."""
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
        """The model, the alias and the number of the change, as a path."""
        return f"{self.name}/{self.alias}/{self.number}"

    def __str__(self) -> str:
        reason = f": {self.reason}" if self.reason else ""
        before, after = (f"version {number}" if number else "nothing" for number in (self.before, self.after))
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z {self.alias} from {before} to {after}, by {self.by}{reason}"
