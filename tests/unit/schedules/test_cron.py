"""Cron expressions in the dialect of AWS, compared minute by minute."""

import calendar
import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.schedules.cron import Cron


def following(fields: str, moment: str, count: int) -> list[str]:
    begin = datetime.datetime.fromisoformat(moment)
    found = itertools.islice(Cron.parse(fields).following(begin), count)
    return [match.isoformat(" ", "minutes") for match in found]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("15 10 * * ? *", ["2026-01-01 10:15", "2026-01-02 10:15"]),
        (
            "0/20 8-9 ? * MON-FRI *",
            ["2026-01-01 08:00", "2026-01-01 08:20", "2026-01-01 08:40", "2026-01-01 09:00"],
        ),
        (
            "0 8 1,15 JAN,MAR ? 2026",
            ["2026-01-01 08:00", "2026-01-15 08:00", "2026-03-01 08:00", "2026-03-15 08:00"],
        ),
        ("0 0 L * ? *", ["2026-01-31 00:00", "2026-02-28 00:00", "2026-03-31 00:00"]),
        ("0 0 L-2 * ? *", ["2026-01-29 00:00", "2026-02-26 00:00"]),
        ("0 0 LW * ? *", ["2026-01-30 00:00", "2026-02-27 00:00", "2026-03-31 00:00"]),
        ("0 0 3W * ? *", ["2026-01-02 00:00", "2026-02-03 00:00"]),
        ("0 0 1W 8 ? *", ["2026-08-03 00:00", "2027-08-02 00:00"]),
        ("0 0 31W * ? *", ["2026-01-30 00:00", "2026-03-31 00:00"]),
        ("0 0 ? * 6L *", ["2026-01-30 00:00", "2026-02-27 00:00"]),
        ("0 0 ? * L *", ["2026-01-03 00:00", "2026-01-10 00:00"]),
        ("0 0 ? * TUE#2 *", ["2026-01-13 00:00", "2026-02-10 00:00"]),
        ("0 0 ? * 2#5 *", ["2026-03-30 00:00", "2026-06-29 00:00"]),
        ("0 22-1 ? 1 FRI-SUN *", ["2026-01-02 00:00", "2026-01-02 01:00", "2026-01-02 22:00"]),
        ("0 0 29 2 ? *", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("0 0 30 2 ? *", []),
        ("0 0 1 1 ? 2025", []),
    ],
)
def test_matches_the_examples_of_aws(fields: str, expected: list[str]) -> None:
    assert following(fields, "2025-12-31 23:59", max(len(expected), 1)) == expected


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ("0 6 * * *", "five|5 fields"),
        ("0 6 * * * *", "exactly one of"),
        ("0 6 ? * ? *", "exactly one of"),
        ("60 6 * * ? *", "minutes: '60'"),
        ("0 24 * * ? *", "hours: '24'"),
        ("0 6 0 * ? *", "day-of-month: '0'"),
        ("0 6 * MAI ? *", "month: 'MAI'"),
        ("0 6 ? * 8 *", "day-of-week: '8'"),
        ("0 6 ? * 3#6 *", "week 6"),
        ("0 6 ? * 3#1,6#3 *", "day-of-week"),
        ("0/0 6 * * ? *", "step"),
        ("0 6 * * ? 1969", "year: '1969'"),
        ("*-5 6 * * ? *", "not a range"),
    ],
)
def test_refuses_invalid_fields_by_name(fields: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Cron.parse(fields)


_SETS = st.lists(st.integers(0, 59), min_size=1, max_size=3, unique=True)


@given(
    minutes=_SETS,
    hours=st.lists(st.integers(0, 23), min_size=1, max_size=3, unique=True),
    weekdays=st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True),
    months=st.lists(st.integers(1, 12), min_size=1, max_size=12, unique=True),
    moment=st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1)),
)
def test_the_matches_of_two_days_are_those_minutes_whose_parts_all_match(
    minutes: list[int], hours: list[int], weekdays: list[int], months: list[int], moment: datetime.datetime
) -> None:
    """Looked for minute by minute, which is slow and cannot be wrong."""
    fields = [",".join(map(str, values)) for values in (minutes, hours, months, weekdays)]
    cron = Cron.parse(f"{fields[0]} {fields[1]} ? {fields[2]} {fields[3]} *")
    end = moment + datetime.timedelta(days=2)
    first = moment.replace(second=0, microsecond=0) + datetime.timedelta(minutes=1)
    expected = [
        minute
        for minute in (first + datetime.timedelta(minutes=n) for n in range(2 * 24 * 60 + 1))
        if minute <= end
        and minute.minute in minutes
        and minute.hour in hours
        and minute.month in months
        and (minute.weekday() + 1) % 7 + 1 in weekdays
    ]
    assert list(itertools.takewhile(lambda match: match <= end, cron.following(moment))) == expected


@given(day=st.integers(1, 31), year=st.integers(1970, 2199), month=st.integers(1, 12))
def test_the_weekday_nearest_to_a_day_is_a_working_day_of_that_month_at_most_two_days_off(
    day: int, year: int, month: int
) -> None:
    days = Cron.parse(f"0 0 {day}W * ? *").days(year, month)
    if day > calendar.monthrange(year, month)[1]:
        assert not days
    else:
        (found,) = days
        assert datetime.date(year, month, found).weekday() < 5
        assert abs(found - day) <= 2
        working = [d for d in (day - 1, day, day + 1) if 1 <= d <= calendar.monthrange(year, month)[1]
                   and datetime.date(year, month, d).weekday() < 5]  # fmt: skip
        assert not working or abs(found - day) == min(abs(d - day) for d in working)
