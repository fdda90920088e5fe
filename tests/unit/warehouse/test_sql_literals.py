"""SQL literals of parameters have the same value in Athena."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from terrarium.warehouse import QueryParameterError
from terrarium.warehouse.sql_literals import sql_literal


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (-5, "-5"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        ("it's", "'it''s'"),
        (b"A\xff", "X'41ff'"),
        (date(2026, 1, 31), "DATE '2026-01-31'"),
        (datetime(2026, 1, 31, 12, 0, 0, 5), "TIMESTAMP '2026-01-31 12:00:00.000005'"),
        (
            datetime(2026, 1, 31, 1, tzinfo=timezone(timedelta(hours=2))),
            "TIMESTAMP '2026-01-30 23:00:00.000000 UTC'",
        ),
        (float("nan"), "nan()"),
        (float("-inf"), "-infinity()"),
    ],
)
def test_a_value_has_its_literal(value: object, literal: str) -> None:
    assert sql_literal(value) == literal


@given(st.text())
def test_a_literal_of_any_text_is_one_text(text: str) -> None:
    tree = sqlglot.parse_one(f"SELECT {sql_literal(text)}", read="athena").expressions[0]
    assert tree.is_string
    assert tree.this == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_keeps_its_last_bit_and_is_a_double(value: float) -> None:
    literal = sql_literal(value)
    assert float(literal) == value
    assert "e" in literal


@pytest.mark.parametrize("value", [object(), [1], Decimal("NaN"), datetime.now(UTC).time()])
def test_refuses_values_without_a_literal(value: object) -> None:
    with pytest.raises(QueryParameterError, match="cannot be a parameter"):
        sql_literal(value)
