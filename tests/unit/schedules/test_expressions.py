"""Schedules in time zones with summer time."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.schedules import ScheduleError, parse_schedule

_BERLIN = "Europe/Berlin"


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def test_cron_goes_by_the_clock_of_its_time_zone() -> None:
    schedule = parse_schedule("cron(0 6 * * ? *)", timezone=_BERLIN)
    assert schedule.next_after(moment("2026-01-10T12:00"), began=moment("2026-01-01")) == moment(
        "2026-01-11T05:00"
    )
    assert schedule.next_after(moment("2026-07-10T12:00"), began=moment("2026-01-01")) == moment(
        "2026-07-11T04:00"
    )


def test_skips_times_that_summer_time_skips() -> None:
    schedule = parse_schedule("cron(30 2 * * ? *)", timezone=_BERLIN)
    assert schedule.next_after(moment("2026-03-28T12:00"), began=moment("2026-01-01")) == moment(
        "2026-03-30T00:30"
    )


def test_repeated_times_happen_once() -> None:
    schedule = parse_schedule("cron(30 2 * * ? *)", timezone=_BERLIN)
    first = schedule.next_after(moment("2026-10-24T12:00"), began=moment("2026-01-01"))
    assert first == moment("2026-10-25T00:30")
    assert schedule.next_after(first, began=moment("2026-01-01")) == moment("2026-10-26T01:30")


@given(
    began=st.datetimes(
        datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1), timezones=st.just(datetime.UTC)
    ),
    after=st.timedeltas(datetime.timedelta(days=-3), datetime.timedelta(days=300)),
    minutes=st.integers(1, 5000),
)
def test_a_rate_starts_when_it_began_and_repeats_evenly(
    began: datetime.datetime, after: datetime.timedelta, minutes: int
) -> None:
    every = datetime.timedelta(minutes=minutes)
    found = parse_schedule(f"rate({minutes} minutes)").next_after(began + after, began=began)
    assert found is not None
    assert found > began + after
    assert (found - began) % every == datetime.timedelta()
    assert found == began or found - every <= began + after


def test_at_comes_due_once() -> None:
    schedule = parse_schedule("at(2026-05-01T06:00:00)", timezone=_BERLIN)
    due = datetime.datetime(2026, 5, 1, 6, tzinfo=ZoneInfo(_BERLIN))
    assert schedule.next_after(moment("2026-01-01"), began=moment("2026-01-01")) == due
    assert schedule.next_after(due, began=moment("2026-01-01")) is None


@pytest.mark.parametrize(
    "expression",
    ["every day", "rate(0 days)", "rate(1 week)", "cron(0 6 * * *)", "at(2026-05-01)", "rate(2days)"],
)
def test_the_error_of_an_invalid_schedule_contains_valid_forms(expression: str) -> None:
    with pytest.raises(ScheduleError, match="EventBridge Scheduler"):
        parse_schedule(expression)


def test_refuses_an_unknown_time_zone() -> None:
    with pytest.raises(ScheduleError, match="Mars/Olympus"):
        parse_schedule("rate(1 hour)", timezone="Mars/Olympus")
