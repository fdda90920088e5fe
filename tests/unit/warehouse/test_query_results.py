"""Conversion of CSV results to typed Arrow columns, with nulls distinct from empty text."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from terrarium.warehouse.query_results import read_lines, read_rows


@pytest.mark.parametrize(
    ("kind", "cells", "expected", "arrow"),
    [
        ("bigint", ['"-5"', ""], [-5, None], pa.int64()),
        ("integer", ['"7"'], [7], pa.int32()),
        (
            "double",
            ['"1.5E10"', '"Infinity"', '"-Infinity"', ""],
            [1.5e10, float("inf"), float("-inf"), None],
            pa.float64(),
        ),
        ("float", ['"0.5"'], [0.5], pa.float32()),
        ("boolean", ['"true"', '"false"', ""], [True, False, None], pa.bool_()),
        ("varchar", ['""', "", '"a""b,c\nd"', '"NULL"'], ["", None, 'a"b,c\nd', "NULL"], pa.string()),
        ("date", ['"2026-01-31"', ""], [date(2026, 1, 31), None], pa.date32()),
        ("time", ['"10:00:00.500"'], [time(10, 0, 0, 500000)], pa.time64("us")),
        (
            "timestamp",
            ['"2026-01-01 10:00:00.000"', '"2026-01-01 10:00:00.000001"', ""],
            [datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 10, 0, 0, 1), None],
            pa.timestamp("us"),
        ),
        (
            "timestamp with time zone",
            ['"2026-01-01 10:00:00.000 UTC"', ""],
            [datetime(2026, 1, 1, 10, tzinfo=UTC), None],
            pa.timestamp("us", tz="UTC"),
        ),
        (
            "timestamp with time zone",
            ['"2026-07-01 10:00:00.000 Europe/Berlin"', '"2026-07-01 10:00:00.000 +03:00"'],
            [datetime(2026, 7, 1, 8, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)],
            pa.timestamp("us", tz="UTC"),
        ),
        ("varbinary", ['"41 ff"', ""], [b"A\xff", None], pa.binary()),
        ("decimal", ['"1.50"', ""], [Decimal("1.50"), None], pa.decimal128(10, 2)),
        ("array", ['"[1, 2]"'], ["[1, 2]"], pa.string()),
        ("bigint", [], [], pa.int64()),
    ],
)
def test_a_column_has_its_type_and_values(
    kind: str, cells: list[str], expected: list[Any], arrow: pa.DataType
) -> None:
    content = "\n".join(['"x"', *cells]) + "\n"
    rows = read_rows(content.encode(), [{"Name": "x", "Type": kind, "Precision": 10, "Scale": 2}])
    assert rows.column("x").type == arrow
    assert rows.column("x").to_pylist() == expected


def test_columns_may_have_the_same_name() -> None:
    columns = [{"Name": "x", "Type": "integer"}, {"Name": "x", "Type": "varchar"}]
    rows = read_rows(b'"x","x"\n"1","a"\n', columns)
    assert [column.to_pylist() for column in rows.columns] == [[1], ["a"]]


def test_splits_lines_into_columns() -> None:
    columns = [{"Name": "col_name"}, {"Name": "data_type"}, {"Name": "comment"}]
    lines = read_lines(b"id                  \tbigint              \t   \n", columns)
    assert lines.to_pylist() == [{"col_name": "id", "data_type": "bigint", "comment": ""}]


@pytest.mark.parametrize("line", ["x" * (3 << 20), "a\nb\n" * (1 << 19)], ids=["one line", "many lines"])
def test_reads_cells_of_more_than_a_mebibyte(line: str) -> None:
    content = f'"a","b"\n"1","{line}"\n"2",\n'.encode()
    columns = [{"Name": "a", "Type": "bigint"}, {"Name": "b", "Type": "varchar"}]
    assert read_rows(content, columns).to_pydict() == {"a": [1, 2], "b": [line, None]}
