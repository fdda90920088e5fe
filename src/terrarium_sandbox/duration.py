"""Lengths of time as people type them."""

import datetime
import re

from terrarium.errors import Error

__all__ = ["parse_duration"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(text: str) -> datetime.timedelta:
    """Read `90s`, `15m`, `6h`, `1d`, or several together: `1d12h`.

    Raises:
        Error: It is none of these.
    """
    parts = re.findall(r"(\d+)([smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Error(f"{text!r} is no length of time", remedy="say 90s, 15m, 6h, 1d, or 1d12h")
    return sum(
        (datetime.timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), datetime.timedelta()
    )
