"""Milliseconds since the epoch, as MLflow, Iceberg and Batch count time, and datetimes in UTC."""

from datetime import UTC, datetime, timedelta

__all__ = ["from_epoch_ms", "to_epoch_ms"]

_EPOCH = datetime.fromtimestamp(0, tz=UTC)


def from_epoch_ms(milliseconds: float) -> datetime:
    """Return the time `milliseconds` after the epoch, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def to_epoch_ms(time: datetime) -> int:
    """Return the whole milliseconds from the epoch to an aware time, rounded down."""
    return (time - _EPOCH) // timedelta(milliseconds=1)
