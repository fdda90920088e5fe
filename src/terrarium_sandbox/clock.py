"""Clock of the sandbox: the time of the machine, plus the time by which a user has advanced it."""

import datetime
import re

from terrarium.errors import Error

__all__ = ["Clock", "parse_duration"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Clock:
    """The time that schedules use. It never goes back, so that nothing becomes due twice."""

    def __init__(self) -> None:
        self.ahead = datetime.timedelta()

    def now(self) -> datetime.datetime:
        """Return the time, in UTC."""
        return datetime.datetime.now(tz=datetime.UTC) + self.ahead

    def advance(self, by: datetime.timedelta) -> None:
        """Advance the clock.

        Raises:
            ValueError: `by` is negative.
        """
        if by < datetime.timedelta():
            raise ValueError("the clock cannot go back: schedules would become due twice")
        self.ahead += by


def parse_duration(text: str) -> datetime.timedelta:
    """Parse `90s`, `15m`, `6h`, `1d`, or several of these together: `1d12h`.

    Raises:
        Error: The text has another form.
    """
    parts = re.findall(r"(\d+)([smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Error(f"{text!r} is not a duration", remedy="write 90s, 15m, 6h, 1d, or 1d12h")
    return sum(
        (datetime.timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), datetime.timedelta()
    )
