"""A point as a journal holds it: a line of text that PostgreSQL's COPY reads as it is.

    name <tab> value <tab> timestamp <tab> step <tab> CRC-32 of all before it <newline>

Each line vouches for itself. One that was torn by a crash or a full disk is told by its checksum, and costs no other.
"""

from collections.abc import Mapping
from functools import lru_cache
from zlib import crc32

from terrarium.journal.errors import MetricRefusedError

__all__ = ["is_whole", "lines_of"]

_LARGEST_STEP = 2**63 - 1


def lines_of(metrics: Mapping[str, float], *, step: int, timestamp: int) -> bytes:
    """One line per metric.

    Raises:
        MetricRefusedError: MLflow allows no such name, the value is no number, or the step does not fit into 64 bits.
    """
    lines = []
    for name, value in metrics.items():
        try:
            point = b"%b\t%r\t%d\t%d\t" % (_encoded(name), float(value), timestamp, step)
        except (TypeError, ValueError) as error:
            raise _refused(name, value, step) from error
        lines.append(b"%b%08x\n" % (point, crc32(point)))
    if not -_LARGEST_STEP <= step <= _LARGEST_STEP:
        raise _refused("any", 0.0, step)
    return b"".join(lines)


def is_whole(line: bytes) -> bool:
    """Whether the line, with its newline, is what was written."""
    point, checksum = line[:-9], line[-9:]
    return checksum == b"%08x\n" % crc32(point)


@lru_cache(maxsize=10_000)
def _encoded(name: str) -> bytes:
    from mlflow.exceptions import MlflowException
    from mlflow.utils.validation import (
        MAX_ENTITY_KEY_LENGTH,
        _validate_length_limit,
        _validate_metric_name,
    )

    try:
        _validate_metric_name(name)
        _validate_length_limit("Metric name", MAX_ENTITY_KEY_LENGTH, name)
    except MlflowException as error:
        raise MetricRefusedError(
            f"a metric cannot be called {name!r}",
            remedy="use at most 250 letters, digits, spaces and any of _ - . : /",
        ) from error
    return name.encode()


def _refused(name: str, value: object, step: object) -> MetricRefusedError:
    return MetricRefusedError(
        f"metric {name!r} cannot be recorded as {value!r} at step {step!r}",
        remedy="log numbers, at whole steps of 64 bits: float(value), step=int(...)",
    )
