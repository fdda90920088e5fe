"""Due events happen once and in order, also when the clock is moved."""

import datetime
from collections.abc import Iterator
from functools import partial

import pytest

from terrarium.errors import Error
from terrarium_sandbox.clock import Clock, parse_duration
from terrarium_sandbox.timer import Due, Timer

_HOUR = datetime.timedelta(hours=1)


def test_due_events_happen_once_and_in_order() -> None:
    clock = Clock()
    done: list[tuple[int, int]] = []
    timer = Timer(clock)
    began = clock.now()

    def every(hours: int) -> None:
        def due(after: datetime.datetime, until: datetime.datetime) -> Iterator[Due]:
            moment = began + hours * _HOUR
            while moment <= until:
                if moment > after:
                    yield moment, partial(done.append, (round((moment - began) / _HOUR), hours))
                moment += hours * _HOUR

        timer.add(due)

    every(2)
    every(1)
    timer.advance(3 * _HOUR)
    timer.advance(_HOUR)
    assert done == [(1, 1), (2, 2), (2, 1), (3, 1), (4, 2), (4, 1)]


def test_one_that_fails_keeps_nothing_else_from_happening() -> None:
    timer = Timer(Clock())
    done: list[int] = []

    def fail() -> None:
        raise RuntimeError("mine")

    timer.later(1, fail)
    timer.later(2, lambda: done.append(2))
    timer.advance(_HOUR)
    assert done == [2]


def test_the_clock_never_goes_back() -> None:
    with pytest.raises(ValueError, match="twice"):
        Clock().advance(-_HOUR)


@pytest.mark.parametrize(
    ("text", "hours"), [("90m", 1.5), ("6h", 6), ("1d", 24), ("1d12h", 36), ("3600s", 1)]
)
def test_a_length_of_time_is_read_as_it_is_typed(text: str, hours: float) -> None:
    assert parse_duration(text) == hours * _HOUR


@pytest.mark.parametrize("text", ["", "1", "1w", "-1d", "1d x"])
def test_refuses_invalid_durations(text: str) -> None:
    with pytest.raises(Error, match="not a duration"):
        parse_duration(text)
