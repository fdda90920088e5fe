"""Values in results are written as Athena writes them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium_sandbox.athena.values import as_text, java_double


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (0.001, "0.001"),
        (0.0009, "9.0E-4"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (-1.5e10, "-1.5E10"),
        (1.7976931348623157e308, "1.7976931348623157E308"),
        (5e-324, "5.0E-324"),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
    ],
)
def test_doubles_are_java_s(value: float, text: str) -> None:
    assert java_double(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_double_s_text_is_that_very_double(value: float) -> None:
    assert float(java_double(value)) == value


_NOON = datetime(2026, 1, 1, 12)


@pytest.mark.parametrize(
    ("kind", "values", "texts"),
    [
        (pa.int64(), [1, None, -5], ["1", None, "-5"]),
        (pa.bool_(), [True, False, None], ["true", "false", None]),
        (pa.string(), ["", None, 'a"b'], ["", None, 'a"b']),
        (pa.decimal128(10, 2), [Decimal("1.50"), None], ["1.50", None]),
        (pa.date32(), [date(2026, 1, 31), None], ["2026-01-31", None]),
        (pa.binary(), [b"AB", None], ["41 42", None]),
        (pa.timestamp("us"), [_NOON, None], ["2026-01-01 12:00:00.000", None]),
        (pa.timestamp("us"), [_NOON.replace(microsecond=1)], ["2026-01-01 12:00:00.000001"]),
        (pa.timestamp("us"), [datetime(1969, 12, 31, 23, 59, 59, 999000)], ["1969-12-31 23:59:59.999"]),
        (
            pa.timestamp("us", tz="UTC"),
            [_NOON.replace(tzinfo=ZoneInfo("UTC"))],
            ["2026-01-01 12:00:00.000 UTC"],
        ),
        (pa.list_(pa.string()), [["a", None], [], None], ["[a, null]", "[]", None]),
        (pa.map_(pa.string(), pa.float64()), [[("a", 1e10)]], ["{a=1.0E10}"]),
        (pa.struct([("x", pa.int32()), ("y", pa.date32())]), [{"x": 1, "y": None}], ["{x=1, y=null}"]),
        (pa.float32(), [0.1], ["0.1"]),
    ],
)
def test_every_type_has_its_text_and_nulls_stay(
    kind: pa.DataType, values: list[Any], texts: list[str | None]
) -> None:
    assert as_text(pa.array(values, kind)).to_pylist() == texts
