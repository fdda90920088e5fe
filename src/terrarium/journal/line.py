"""Lines of a journal: one metric sample per line, in the format of PostgreSQL's COPY.

    name <tab> value <tab> timestamp <tab> step <tab> CRC-32 of all before it <newline>

Each line has its own checksum, which detects lines that a crash or a full disk cut off. Other lines are not affected.
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
        MetricRefusedError: MLflow does not allow a name, a value is not a number, or the step is not a 64-bit integer.
    """
    if not isinstance(metrics, Mapping):
        raise MetricRefusedError(
            f"metrics must be a mapping of names to numbers, not {shown(metrics)}, a {type(metrics).__name__}",
            remedy='name each value: run.log_metrics({"loss": 0.1})',
        )
    whole = _whole_step(step)
    lines = []
    for name, value in metrics.items():
        point = b"%b\t%r\t%d\t%d\t" % (_encoded(name), metric_value(name, value), timestamp, whole)
        lines.append(b"%b%08x\n" % (point, crc32(point)))
    return b"".join(lines)


def metric_value(name: str, value: SupportsFloat) -> float:
    """Return the value of a metric as a float. NaN and infinities are valid.

    Raises:
        MetricRefusedError: The value is not a number, or exceeds the largest float.
    """
    if not isinstance(value, str | bytes | bytearray):  # float("0.5") would accept text
        try:
            return float(value)
        except OverflowError:
            raise MetricRefusedError(
                f"the value of metric {name!r} is an integer that exceeds the largest float",
                remedy=f'log its logarithm, or infinity: run.log_metrics({{"{name}": math.inf}})',
            ) from None
        except (TypeError, ValueError, RuntimeError):  # a tensor of several elements raises RuntimeError
            pass
    raise MetricRefusedError(
        f"metric {name!r} cannot be recorded as {shown(value)}, a {type(value).__name__}",
        remedy=f'log one number per metric: run.log_metrics({{"{name}": float(value)}})',
    )


def check_metric_name(name: str) -> None:
    """Check the name of a metric.

    Raises:
        MetricRefusedError: MLflow does not allow the name.
    """
    _encoded(name)


def is_whole(line: bytes) -> bool:
    """Return whether the line, with its newline, matches its checksum."""
    point, checksum = line[:-9], line[-9:]
    return checksum == b"%08x\n" % crc32(point)


def _whole_step(step: object) -> int:
    whole: int | None = None
    if isinstance(step, float) and step.is_integer():
        whole = int(step)
    elif not isinstance(step, bool):
        try:
            whole = operator.index(step)  # type: ignore[arg-type]  # raises TypeError if it is not an integer
        except TypeError:
            whole = None
    if whole is None or not -_LARGEST_STEP <= whole <= _LARGEST_STEP:
        raise MetricRefusedError(
            f"metrics cannot be recorded at step {shown(step)}",
            remedy="use a 64-bit integer as step: run.log_metrics(..., step=int(step))",
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
        # MLflow's pattern ends with `$`, which also matches before a trailing newline.
        raise _name_refused(name)
    try:
        _validate_metric_name(name)
        _validate_length_limit("Metric name", MAX_ENTITY_KEY_LENGTH, name)
    except MlflowException as error:
        raise _name_refused(name) from error
    return name.encode()


def _name_refused(name: object) -> MetricRefusedError:
    return MetricRefusedError(
        f"{shown(name)} is not a valid name of a metric",
        remedy="use at most 250 letters, digits, spaces and any of _ - . : /",
    )
