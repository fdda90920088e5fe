"""Dates in ISO 8601 formats, and durations."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

from terrarium_sandbox.athena.scalar_functions.scalar_function import ScalarFunction, fail

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_DATE = re.compile(
    r"(?P<year>\d{4})(?:-W(?P<week>\d{1,2})(?:-(?P<weekday>[1-7]))?|-(?P<ordinal>\d{3})"
    r"|-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"
)
_MOMENT = re.compile(
    rf"(?:{_DATE.pattern})(?:T(?P<hour>\d{{1,2}})(?::(?P<minute>\d{{1,2}})(?::(?P<second>\d{{1,2}})"
    r"(?:[.,](?P<fraction>\d{1,12}))?)?)?(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s|m|h|d)\s*")
_MILLISECONDS = {
    "ns": Fraction(1, 1_000_000), "us": Fraction(1, 1000), "ms": Fraction(1), "s": Fraction(1000),
    "m": Fraction(60_000), "h": Fraction(3_600_000), "d": Fraction(86_400_000),
}  # fmt: skip
_MICROSECOND_DIGITS = 6


def _day(match: re.Match[str]) -> date:
    year = int(match["year"])
    if match["week"]:
        return date.fromisocalendar(year, int(match["week"]), int(match["weekday"] or 1))
    if match["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=int(match["ordinal"]) - 1)
        if day.year != year or match["ordinal"] == "000":
            raise ValueError(match["ordinal"])
        return day
    return date(year, int(match["month"] or 1), int(match["day"] or 1))


def _iso8601_date(text: str) -> str:
    match = _DATE.fullmatch(text)
    if match is None:
        fail(_ARGUMENT, f'Invalid format: "{text}"')
    try:
        return _day(match).isoformat()
    except ValueError as error:
        fail(_ARGUMENT, f'Cannot parse "{text}": {error}')


def _iso8601_timestamp(text: str, digits: int) -> str:
    """Return the moment in UTC, rounded down to a number of digits."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        fail(_ARGUMENT, f'Invalid format: "{text}"')
    fraction = (match["fraction"] or "")[:digits].ljust(_MICROSECOND_DIGITS, "0")
    try:
        day = _day(match)
        moment = datetime(
            day.year, day.month, day.day, int(match["hour"] or 0), int(match["minute"] or 0),
            int(match["second"] or 0), int(fraction), tzinfo=_zone(match["zone"]),
        )  # fmt: skip
    except ValueError as error:
        fail(_ARGUMENT, f'Cannot parse "{text}": {error}')
    return moment.astimezone(UTC).isoformat()


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _duration_milliseconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None:
        fail(_ARGUMENT, f"duration is not a valid data duration string: {text}")
    return float(round(Fraction(match[1]) * _MILLISECONDS[match[2]]))


def _human_readable_seconds(value: float) -> str:
    rest = round(abs(value))
    parts: list[str] = []
    for name, size in (("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, size)
        if count or (name == "second" and not parts):
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(parts)


FUNCTIONS = {
    "duration_milliseconds": ScalarFunction(_duration_milliseconds, ("VARCHAR",), "DOUBLE"),
    "human_readable_seconds": ScalarFunction(_human_readable_seconds, ("DOUBLE",), "VARCHAR"),
    "iso8601_date": ScalarFunction(_iso8601_date, ("VARCHAR",), "VARCHAR"),
    "iso8601_timestamp": ScalarFunction(_iso8601_timestamp, ("VARCHAR", "BIGINT"), "VARCHAR"),
}
