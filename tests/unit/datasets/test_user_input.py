"""Conditions, partitions and keys that users write, and the errors for invalid ones."""

import pyarrow as pa
import pytest
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.types import BooleanType, LongType, NestedField, TimestampType

from terrarium.datasets.errors import DataRefusedError, SelectionError
from terrarium.datasets.layout import partition_spec
from terrarium.datasets.row_filter import RowFilter
from terrarium.datasets.writing.upsert import check_keys

_SCHEMA = Schema(
    NestedField(1, "ts", TimestampType(), required=False),
    NestedField(2, "ts_month", LongType(), required=False),
    NestedField(3, "active", BooleanType(), required=False),
    NestedField(4, "n", LongType(), required=False),
)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("active", "at 'active' a comparison of a column with a value is expected"),
        ("not active", "at 'active' a comparison"),
        ("n === 1", "a comparison of a column with a value is expected"),
        ("'", "a comparison of a column with a value is expected"),
        ("N = 1", "there is no column 'N'; columns: ts, ts_month, active, n"),
        ("n = 'x'", "Could not convert x into a long"),
    ],
)
def test_the_error_of_an_invalid_condition_has_one_line(where: str, said: str) -> None:
    with pytest.raises(SelectionError, match=said) as refused:
        RowFilter(where, _SCHEMA)
    assert "\n" not in refused.value.problem
    assert len(refused.value.problem) < 200


def test_a_partition_gets_a_name_that_no_column_has() -> None:
    spec = partition_spec(["month(ts)"], _SCHEMA)
    assert [field.name for field in spec.fields] == ["ts_month_part"]
    assert new_table_metadata(_SCHEMA, spec, UNSORTED_SORT_ORDER, "file:///table").partition_specs


@pytest.mark.parametrize(
    "written",
    [["month(ts)", "day(ts)"], ["n", "n"], ["bucket(4, n)", "bucket(8, n)"], ["n", "hour(ts)", "year(ts)"]],
)
def test_refuses_redundant_partitions(written: list[str]) -> None:
    with pytest.raises(DataRefusedError, match=r"both partition by '\w+' in the same way"):
        partition_spec(written, _SCHEMA)


@pytest.mark.parametrize("kind", [pa.list_(pa.int64()), pa.struct({"x": pa.int64()})], ids=str)
def test_refuses_nested_keys(kind: pa.DataType) -> None:
    rows = pa.table({"k": pa.array([None], kind)})
    with pytest.raises(DataRefusedError, match="only plain values can identify rows"):
        check_keys(rows, ["k"], name="telco.customers")
