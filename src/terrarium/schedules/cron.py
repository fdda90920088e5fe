"""Cron expressions of AWS: six fields, `?` in one of the two day fields, and `L`, `W` and `#` for certain days.

Sources: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html and, for cases that it does not
define (a `W` never leaves its month, a single `L` in day-of-week is Saturday), Quartz, which has the same dialect.
"""

import calendar
import datetime
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Cron"]

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SATURDAY = 7

_Days = Callable[[int, int], Sequence[int]]  # (year, month) -> days of that month, ascending


@dataclass(frozen=True)
class Cron:
    """A cron expression, without a time zone.

    Args:
        minutes: 0 to 59, in ascending order like all other fields.
        hours: 0 to 23.
        days: Returns the days of a month.
        months: 1 to 12.
        years: 1970 to 2199.
    """

    minutes: Sequence[int]
    hours: Sequence[int]
    days: _Days
    months: Sequence[int]
    years: Sequence[int]

    @classmethod
    def parse(cls, fields: str) -> "Cron":
        """Parse the text between the parentheses of `cron(...)`.

        Raises:
            ValueError: A field is invalid; the message names it.
        """
        parts = fields.split()
        if len(parts) != 6:
            raise ValueError(
                f"has {len(parts)} fields, not six: minutes hours day-of-month month day-of-week year"
            )
        minutes, hours, day_of_month, months, day_of_week, years = parts
        if (day_of_month == "?") == (day_of_week == "?"):
            raise ValueError("must have ? for exactly one of day-of-month and day-of-week")
        return cls(
            minutes=_numbers("minutes", minutes, 0, 59),
            hours=_numbers("hours", hours, 0, 23),
            days=_days_of_week(day_of_week) if day_of_month == "?" else _days_of_month(day_of_month),
            months=_numbers("month", months, 1, 12, names=_MONTHS),
            years=_numbers("year", years, 1970, 2199),
        )

    def following(self, moment: datetime.datetime) -> Iterator[datetime.datetime]:
        """Yield every match after `moment` up to the year 2199, in ascending order, all without a time zone."""
        first = moment.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
        for year, month in itertools.product(self.years, self.months):
            if (year, month) < (first.year, first.month):
                continue
            for day in self.days(year, month):
                if (year, month, day) < (first.year, first.month, first.day):
                    continue
                for hour, minute in itertools.product(self.hours, self.minutes):
                    match = datetime.datetime(year, month, day, hour, minute)
                    if match >= first:
                        yield match


def _numbers(field: str, text: str, low: int, high: int, *, names: Sequence[str] = ()) -> Sequence[int]:
    """Return the numbers of a list of values, ranges and steps; a range may wrap around the end of the field."""

    def number(word: str) -> int:
        value = names.index(word) + low if word in names else int(word) if word.isdigit() else None
        if value is None or not low <= value <= high:
            raise ValueError(f"{field}: {word!r} is not between {low} and {high}")
        return value

    found: set[int] = set()
    for part in text.upper().split(","):
        values, _, step = part.partition("/")
        if step and not (step.isdigit() and int(step) > 0):
            raise ValueError(f"{field}: the step in {part!r} is not a positive number")
        begin, dash, end = values.partition("-")
        first = low if begin == "*" else number(begin)
        last = number(end) if dash else high if begin == "*" or step else first
        if begin == "*" and dash:
            raise ValueError(f"{field}: {part!r} is not a range")
        span = (last - first) % (high - low + 1)
        found |= {low + (first - low + n) % (high - low + 1) for n in range(0, span + 1, int(step or 1))}
    return sorted(found)


def _days_of_month(text: str) -> _Days:
    word = text.upper()
    if word == "LW":
        return lambda year, month: [_nearest_weekday(year, month, _length(year, month))]
    if match := re.fullmatch(r"L(?:-(\d+))?", word):
        before = int(match[1] or 0)
        return lambda year, month: [day for day in [_length(year, month) - before] if day > 0]
    if match := re.fullmatch(r"(\d+)W", word):
        (wanted,) = _numbers("day-of-month", match[1], 1, 31)
        return lambda year, month: (
            [_nearest_weekday(year, month, wanted)] if wanted <= _length(year, month) else []
        )
    days = _numbers("day-of-month", word, 1, 31)
    return lambda year, month: [day for day in days if day <= _length(year, month)]


def _days_of_week(text: str) -> _Days:
    word = text.upper()
    if word == "L":
        return lambda year, month: _on(year, month, {_SATURDAY})
    if match := re.fullmatch(r"(\w+)(L|#(\d))", word):
        (weekday,) = _numbers("day-of-week", match[1], 1, 7, names=_WEEKDAYS)
        if match[2] == "L":
            return lambda year, month: _on(year, month, {weekday})[-1:]
        which = int(match[3])
        if not 1 <= which <= 5:
            raise ValueError(f"day-of-week: {text!r} asks for week {which} of a month")
        return lambda year, month: _on(year, month, {weekday})[which - 1 : which]
    weekdays = frozenset(_numbers("day-of-week", word, 1, 7, names=_WEEKDAYS))
    return lambda year, month: _on(year, month, weekdays)


def _on(year: int, month: int, weekdays: set[int] | frozenset[int]) -> list[int]:
    return [day for day in range(1, _length(year, month) + 1) if _weekday(year, month, day) in weekdays]


def _weekday(year: int, month: int, day: int) -> int:
    """Return the weekday as AWS counts: 1 for Sunday to 7 for Saturday."""
    return (calendar.weekday(year, month, day) + 1) % 7 + 1


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _nearest_weekday(year: int, month: int, day: int) -> int:
    """Return the working day that is nearest to a day, in the same month."""
    nearest = (day, day - 1, day + 1, day + 2, day - 2)
    return next(
        near
        for near in nearest
        if 1 <= near <= _length(year, month) and _weekday(year, month, near) not in {1, _SATURDAY}
    )
