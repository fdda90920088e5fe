"""A point as a journal holds it: a line of text that PostgreSQL's COPY reads as it is.

    name <tab> value <tab> timestamp <tab> step <tab> CRC-32 of all before it <newline>

Each line carries its own checksum. A line that was torn by a crash or a full disk is recognized by it, and costs no
other line.
"""

import operator
from collections.abc import Mapping
from functools import lru_cache
from typing import SupportsFloat
from zlib import crc32

from terrarium.journal.errors import MetricRefusedError
from terrarium.plain_text import shown

__all__ = ["check_metric_name", "is_whole", "lines_of", "metric_value"]

_LARGEST_STEP = 2**63 - 1  # PostgreSQL's bigint


def lines_of(metrics: Mapping[str, float], *, step: int, timestamp: int) -> bytes:
    """Return one line per metric.

    Raises:
        MetricRefusedError: MLflow allows no such name, the value is not a number, or the step is not a whole number
            of 64 bits.
    """
    if not isinstance(metrics, Mapping):
        raise MetricRefusedError(
            f"metrics are a mapping of names to numbers, not {shown(metrics)}, a {type(metrics).__name__}",
            remedy='name each value: run.log_metrics({"loss": 0.1})',
        )
    whole = _whole_step(step)
    lines = []
    for name, value in metrics.items():
        point = b"%b\t%r\t%d\t%d\t" % (_encoded(name), metric_value(name, value), timestamp, whole)
        lines.append(b"%b%08x\n" % (point, crc32(point)))
    return b"".join(lines)


def metric_value(name: str, value: SupportsFloat) -> float:
    """Return the value of a metric as a float; NaN and the infinities are values, too.

    Raises:
        MetricRefusedError: It is not a number, or larger than the largest float.
    """
    if not isinstance(value, str | bytes | bytearray):  # float("0.5") would accept text
        try:
            return float(value)
        except OverflowError:
            raise MetricRefusedError(
                f"the value of metric {name!r} is an integer beyond the largest float",
                remedy=f'log its logarithm, or infinity: run.log_metrics({{"{name}": math.inf}})',
            ) from None
        except (TypeError, ValueError, RuntimeError):  # a tensor of several elements raises RuntimeError
            pass
    raise MetricRefusedError(
        f"metric {name!r} cannot be recorded as {shown(value)}, a {type(value).__name__}",
        remedy=f'log one number per metric: run.log_metrics({{"{name}": float(value)}})',
    )


def check_metric_name(name: str) -> None:
    """Refuse a name that MLflow's database cannot hold.

    Raises:
        MetricRefusedError: MLflow allows no such name.
    """
    _encoded(name)


def is_whole(line: bytes) -> bool:
    """Return whether the line, with its newline, is what was written."""
    point, checksum = line[:-9], line[-9:]
    return checksum == b"%08x\n" % crc32(point)


def _whole_step(step: object) -> int:
    whole: int | None = None
    if isinstance(step, float) and step.is_integer():
        whole = int(step)
    elif not isinstance(step, bool):
        try:
            whole = operator.index(step)  # type: ignore[arg-type]  # raises TypeError for what is no integer
        except TypeError:
            whole = None
    if whole is None or not -_LARGEST_STEP <= whole <= _LARGEST_STEP:
        raise MetricRefusedError(
            f"metrics cannot be recorded at step {shown(step)}",
            remedy="log them at a whole step of 64 bits: run.log_metrics(..., step=int(step))",
        )
    return whole


def _encoded(name: str) -> bytes:
    if not isinstance(name, str):
        raise _name_refused(name)
    return _encoded_text(name)


@lru_cache(maxsize=10_000)
def _encoded_text(name: str) -> bytes:
    from mlflow.exceptions import MlflowException
    from mlflow.utils.validation import (
        MAX_ENTITY_KEY_LENGTH,
        _validate_length_limit,
        _validate_metric_name,
    )

    if not name.isprintable():
        # MLflow's pattern ends in `$`, which also matches before a newline at the end.
        raise _name_refused(name)
    try:
        _validate_metric_name(name)
        _validate_length_limit("Metric name", MAX_ENTITY_KEY_LENGTH, name)
    except MlflowException as error:
        raise _name_refused(name) from error
    return name.encode()


def _name_refused(name: object) -> MetricRefusedError:
    return MetricRefusedError(
        f"a metric cannot be called {shown(name)}",
        remedy="use at most 250 letters, digits, spaces and any of _ - . : /",
    )
