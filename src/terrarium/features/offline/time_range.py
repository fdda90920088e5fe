"""`TimeRange`: the event times that a read needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyiceberg.expressions import BooleanExpression

__all__ = ["TimeRange"]


@dataclass(frozen=True)
class TimeRange:
    """Range of event times, both ends included; None leaves an end open."""

    earliest: datetime | None = None
    latest: datetime | None = None

    def overlaps(self, first: datetime, last: datetime) -> bool:
        """Return whether any time between `first` and `last`, both included, lies in the range."""
        begun = self.latest is None or first <= self.latest
        return begun and (self.earliest is None or self.earliest <= last)

    def predicate(self, column: str) -> "BooleanExpression":
        """Return the range as an Iceberg expression, which skips files."""
        from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression
        from pyiceberg.expressions import GreaterThanOrEqual as AtLeast
        from pyiceberg.expressions import LessThanOrEqual as AtMost

        found: BooleanExpression = AlwaysTrue()
        if self.latest is not None:
            found = And(found, AtMost(term=column, value=self.latest.isoformat()))
        if self.earliest is not None:
            found = And(found, AtLeast(term=column, value=self.earliest.isoformat()))
        return found
