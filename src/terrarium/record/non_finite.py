"""Numbers in a record. NaN and infinities are stored as text."""

import math
from typing import Annotated, Final

from pydantic import BeforeValidator

__all__ = ["LARGEST", "Number", "measured_value"]

LARGEST: Final = 1.7976931348623157e308  # the largest float; MLflow's SQL store writes it for infinity


def measured_value(stored: float) -> float:
    """Return the value of a metric from MLflow's stored value, in which the largest float means infinity."""
    return math.copysign(math.inf, stored) if abs(stored) >= LARGEST else stored


def _not_null(value: object) -> object:
    return math.nan if value is None else value


# JSON cannot represent NaN and infinities. `ser_json_inf_nan="strings"` writes "NaN" and "Infinity", which all readers
# of records parse as floats. Records of earlier releases contain null instead.
Number = Annotated[float, BeforeValidator(_not_null)]
