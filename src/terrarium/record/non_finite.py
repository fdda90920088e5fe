"""Numbers of a record: NaN and the infinities are written as text and read again."""

import math
from typing import Annotated, Final

from pydantic import BeforeValidator

__all__ = ["LARGEST", "Number", "measured_value"]

LARGEST: Final = 1.7976931348623157e308  # the largest float, as which MLflow's SQL store keeps infinity


def measured_value(stored: float) -> float:
    """Return the value of a metric that MLflow's store holds: the largest float stands for infinity."""
    return math.copysign(math.inf, stored) if abs(stored) >= LARGEST else stored


def _not_null(value: object) -> object:
    return math.nan if value is None else value


# JSON has no word for NaN and the infinities. `ser_json_inf_nan="strings"` writes "NaN" and "Infinity", which every
# reader of records takes for a float. Records of earlier releases hold null instead.
Number = Annotated[float, BeforeValidator(_not_null)]
