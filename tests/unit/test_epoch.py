"""Milliseconds since the epoch."""

from datetime import UTC, datetime, timedelta, timezone

from terrarium.epoch import from_epoch_ms, to_epoch_ms


def test_a_time_survives_the_way_to_milliseconds_and_back() -> None:
    for milliseconds in (0, 1, 1_732_972_800_001, -1):
        assert to_epoch_ms(from_epoch_ms(milliseconds)) == milliseconds


def test_times_are_in_utc() -> None:
    assert from_epoch_ms(1_000) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert to_epoch_ms(datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))) == 0


def test_parts_of_a_millisecond_are_dropped() -> None:
    assert to_epoch_ms(datetime(1970, 1, 1, microsecond=1_999, tzinfo=UTC)) == 1
