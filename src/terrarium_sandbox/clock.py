"""The time of the sandbox: the machine's, ahead by as much as somebody has moved it."""

import datetime

__all__ = ["Clock"]


class Clock:
    """What schedules go by. It never goes back, so that nothing comes due twice."""

    def __init__(self) -> None:
        self.ahead = datetime.timedelta()

    def now(self) -> datetime.datetime:
        """The time, in UTC."""
        return datetime.datetime.now(tz=datetime.UTC) + self.ahead

    def advance(self, by: datetime.timedelta) -> None:
        """Move it ahead.

        Raises:
            ValueError: `by` is negative.
        """
        if by < datetime.timedelta():
            raise ValueError("a clock that went back would let things come due twice")
        self.ahead += by
