"""Numbers of a record: NaN and the infinities are written as text and read again."""

import math
from typing import Annotated

from pydantic import BeforeValidator

__all__ = ["Number"]


def _not_null(value: object) -> object:
    return math.nan if value is None else value


# JSON has no word for NaN and the infinities. `ser_json_inf_nan="strings"` writes "NaN" and "Infinity", which every
# reader of records takes for a float. Records of earlier releases hold null instead.
Number = Annotated[float, BeforeValidator(_not_null)]
