"""Schedule expressions of EventBridge Scheduler and EventBridge rules."""

import datetime
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from terrarium.arguments import checked
from terrarium.errors import InvalidRequestError
from terrarium.schedules.cron import Cron

__all__ = ["Schedule", "ScheduleError", "parse_schedule"]

_RATE = re.compile(r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((?P<fields>.+)\)")
_AT = re.compile(r"at\((?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


class ScheduleError(InvalidRequestError):
    """Raised for a text that is not a schedule expression of EventBridge Scheduler."""


class Schedule(ABC):
    """A schedule: the times at which something starts."""

    @abstractmethod
    def next_after(self, moment: datetime.datetime, *, began: datetime.datetime) -> datetime.datetime | None:
        """Return the first time after `moment`, in UTC; None if there is none.

        Args:
            moment: A time with a time zone.
            began: Time at which the schedule was created; rates count from it.
        """


@dataclass(frozen=True)
class _Rate(Schedule):
    every: datetime.timedelta

    def next_after(self, moment: datetime.datetime, *, began: datetime.datetime) -> datetime.datetime | None:
        if moment < began:
            return began
        try:
            return began + self.every * ((moment - began) // self.every + 1)
        except OverflowError:  # after the year 9999
            return None


@dataclass(frozen=True)
class _CronSchedule(Schedule):
    cron: Cron
    zone: ZoneInfo

    def next_after(
        self,
        moment: datetime.datetime,
        *,
        began: datetime.datetime,  # noqa: ARG002 - cron expressions do not depend on it
    ) -> datetime.datetime | None:
        # As AWS: times that a change to summer time skips are skipped, and repeated ones happen once.
        for local in self.cron.following(moment.astimezone(self.zone).replace(tzinfo=None)):
            match = local.replace(tzinfo=self.zone).astimezone(datetime.UTC)
            exists = match.astimezone(self.zone).replace(tzinfo=None) == local
            if exists and match > moment:
                return match
        return None


@dataclass(frozen=True)
class _At(Schedule):
    at: datetime.datetime

    def next_after(
        self,
        moment: datetime.datetime,
        *,
        began: datetime.datetime,  # noqa: ARG002 - at expressions do not depend on it
    ) -> datetime.datetime | None:
        return self.at if self.at > moment else None


@checked
@lru_cache(maxsize=1024)
def parse_schedule(expression: str, *, timezone: str = "UTC") -> Schedule:
    """Parse `cron(0 6 * * ? *)`, `rate(2 hours)` or `at(2026-01-01T06:00:00)`.

    Args:
        expression: The expression.
        timezone: IANA name of the time zone for cron and at expressions.

    Raises:
        ScheduleError: The expression is invalid, or the time zone does not exist.

    Example:
        >>> parse_schedule("rate(2 hours)").next_after(now, began=now)
    """
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ScheduleError(
            f"there is no time zone {timezone!r}", remedy="use an IANA name: UTC, Europe/Berlin"
        ) from error
    try:
        return _parse(expression, zone)
    except (
        ValueError,
        OverflowError,
    ) as error:  # OverflowError: a time or interval that Python cannot represent
        raise ScheduleError(
            f"the schedule {expression!r} cannot be parsed: {error}",
            remedy="write cron(minutes hours day-of-month month day-of-week year), rate(2 hours) or "
            "at(2026-01-01T06:00:00), as EventBridge Scheduler does",
        ) from error


def _parse(expression: str, zone: ZoneInfo) -> Schedule:
    if match := _RATE.fullmatch(expression):
        return _Rate(datetime.timedelta(**{f"{match['unit']}s": int(match["value"])}))
    if match := _CRON.fullmatch(expression):
        return _CronSchedule(Cron.parse(match["fields"]), zone)
    if match := _AT.fullmatch(expression):
        local = datetime.datetime.fromisoformat(match["moment"]).replace(tzinfo=zone)
        return _At(local.astimezone(datetime.UTC))
    raise ValueError("it is neither cron(...) nor rate(...) nor at(...)")
