"""Conversion of data of any kind to a stream of batches with storable types."""

import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.datasets.errors import DataRefusedError, SchemaDiffersError
from terrarium.datasets.schema import check_schema, differences, storable_schema
from terrarium.datasets.writing.chunks import chunks
from terrarium.datasets.writing.row_source import RowSource

ROWS = pa.table({"id": [1, 2, 3], "name": ["a", "b", None]})


def read(data: Any) -> pa.Table:
    source = RowSource.of(data)
    return pa.Table.from_batches(source.batches(), schema=source.schema)


@pytest.mark.parametrize(
    "data",
    [
        ROWS,
        ROWS.to_batches()[0],
        pa.RecordBatchReader.from_batches(ROWS.schema, ROWS.to_batches()),
        ROWS.to_pandas(),
        ROWS.to_pandas().set_index(np.array([7, 8, 9])),
        pl.from_arrow(ROWS),
        pl.DataFrame(ROWS).lazy(),
    ],
    ids=["table", "batch", "reader", "pandas", "pandas with row numbers", "polars", "lazy polars"],
)
def test_reads_every_kind_of_data_to_the_same_rows(data: Any) -> None:
    assert read(data).equals(ROWS)


def test_reads_files(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(ROWS, tmp_path / "rows.parquet")
    pyarrow.csv.write_csv(ROWS.select(["id"]), tmp_path / "rows.csv")
    assert read(tmp_path / "rows.parquet").equals(ROWS)
    assert read(str(tmp_path / "rows.csv")).equals(ROWS.select(["id"]))


@pytest.mark.parametrize(
    ("column", "becomes"),
    [
        (pa.array([1], pa.int8()), pa.int32()),
        (pa.array([1], pa.uint32()), pa.int64()),
        (pa.array(["a"]).dictionary_encode(), pa.string()),
        (pa.array(["a"], pa.string_view()), pa.string()),
        (pa.array([dt.datetime(2026, 1, 1)], pa.timestamp("ns")), pa.timestamp("us")),
        (pa.array([dt.datetime(2026, 1, 1)], pa.timestamp("s", "Europe/Berlin")), pa.timestamp("us", "UTC")),
        (pa.array([0.5], pa.float16()), pa.float32()),
        (pa.array([dt.date(2026, 1, 1)], pa.date64()), pa.date32()),
        (pa.array([[np.int8(1)]], pa.large_list(pa.int8())), pa.list_(pa.field("element", pa.int32()))),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else str(value),
)
def test_converts_types_and_keeps_values(column: pa.Array, becomes: pa.DataType) -> None:
    stored = read(pa.table({"x": column}))["x"]
    assert stored.type == becomes
    assert stored.to_pylist() == column.to_pylist()


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pa.array([2**63], pa.uint64()), "has a value that does not fit int64"),
        (pa.array([1], pa.timestamp("ns")), "has a value that does not fit timestamp"),
        (pa.array([1], pa.duration("s")), "is of type duration"),
        (pa.array([None]), "contains only nulls"),
    ],
    ids=["too large", "too fine", "duration", "nulls"],
)
def test_refuses_lossy_conversions_by_column(column: pa.Array, said: str) -> None:
    with pytest.raises(DataRefusedError, match=f"column 'x' of the table {said}"):
        read(pa.table({"x": column}))


def test_a_column_of_nulls_gets_the_type_of_the_dataset() -> None:
    source = RowSource.of(pa.table({"x": [None]}), known=pa.schema({"x": pa.int32()}))
    assert pa.Table.from_batches(source.batches()).equals(pa.table({"x": pa.array([None], pa.int32())}))


@pytest.mark.parametrize("names", [["a", "A"], ["a.b", "c"], ["", "c"], ['a"b', "c"]])
def test_refuses_names_that_sql_would_confuse(names: list[str]) -> None:
    with pytest.raises(DataRefusedError, match="SQL cannot tell apart"):
        read(pa.table([[1], [2]], names=names))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"a": 1}, "dict cannot be written to a dataset"),
        ("nowhere.parquet", "there is no file"),
        (__file__, "neither Parquet nor CSV"),
        (pd.DataFrame({"x": [1, "a"]}), "values of several kinds"),
    ],
)
def test_refuses_data_of_other_kinds(data: object, said: str) -> None:
    with pytest.raises(DataRefusedError, match=said):
        read(data)


def test_the_error_of_an_invalid_csv_names_the_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id\n" + "1\n" * (5 << 20) + "x\n")
    with pytest.raises(DataRefusedError, match="cannot be read completely"):
        read(path)


def test_names_every_column_that_differs() -> None:
    known = pa.schema({"id": pa.int64(), "name": pa.string(), "age": pa.int32()})
    given_ = pa.schema({"id": pa.string(), "age": pa.int64(), "city": pa.string()})
    assert differences(known, given_) == (
        "column 'name' is missing",
        "column 'id' is string, not int64",
        "column 'age' is int64, not int32",
        "column 'city' (string) is new",
    )


def test_narrower_numbers_do_not_differ() -> None:
    known, given_ = pa.schema({"id": pa.int64()}), pa.schema({"id": pa.int32()})
    assert not check_schema(known, given_, name="d", evolve=False)


def test_evolves_on_request_if_possible() -> None:
    known = pa.schema({"id": pa.int32()})
    wider, other = pa.schema({"id": pa.int64()}), pa.schema({"id": pa.string()})
    with pytest.raises(SchemaDiffersError, match="evolve=True"):
        check_schema(known, wider, name="d", evolve=False)
    assert check_schema(known, wider, name="d", evolve=True)
    with pytest.raises(SchemaDiffersError, match="convert these columns"):
        check_schema(known, other, name="d", evolve=True)


def test_a_storable_schema_does_not_change() -> None:
    schema = storable_schema(ROWS.schema, what="rows")
    assert storable_schema(schema, what="rows") == schema


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(1, 1000))
def test_chunks_hold_all_rows_in_order_within_the_limit(sizes: list[int], largest: int) -> None:
    schema = pa.schema({"x": pa.int64()})
    numbers = iter(range(10_000))
    batches = [
        pa.record_batch([pa.array([next(numbers) for _ in range(size)], pa.int64())], schema=schema)
        for size in sizes
    ]
    made = list(chunks(batches, schema, largest=largest))
    assert [value for chunk in made for value in chunk["x"].to_pylist()] == list(range(sum(sizes)))
    assert all(chunk.nbytes <= 2 * max(largest, 8) for chunk in made)


def test_does_not_read_ahead() -> None:
    read_so_far = 0

    def batches() -> Any:
        nonlocal read_so_far
        for _ in range(100):
            read_so_far += 1
            yield pa.record_batch([pa.array(range(1000))], names=["x"])

    source = RowSource.of(pa.RecordBatchReader.from_batches(pa.schema({"x": pa.int64()}), batches()))
    next(chunks(source.batches(), source.schema, largest=8000))
    assert read_so_far == 1


_CATEGORY = pl.Categorical()


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        (_CATEGORY, ["z", None, "a", "z"]),
        (pl.Enum(["a", "z"]), ["z", None, "a"]),
        (pl.List(_CATEGORY), [["z", None], None, [], ["a"]]),
        (pl.Array(_CATEGORY, 2), [["z", "a"], None, ["a", None]]),
        (pl.Struct({"s": _CATEGORY, "n": pl.Int64}), [{"s": "z", "n": 1}, {"s": None, "n": 2}]),
        (pl.List(pl.Struct({"s": pl.Enum(["a"])})), [[{"s": "a"}], [], None]),
        (pl.Decimal(10, 2), [Decimal("1.50"), None]),
        (pl.Time(), [dt.time(1, 2, 3), None]),
        (pl.Datetime("ns", "Europe/Berlin"), [dt.datetime(2026, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))]),
    ],
    ids=str,
)
def test_keeps_values_of_polars_types(dtype: pl.DataType, values: list[Any]) -> None:
    frame = pl.DataFrame({"x": values}, schema={"x": dtype})
    for data in (frame, frame.lazy(), pl.concat([frame, frame], rechunk=False)[len(values) :]):
        assert read(data)["x"].to_pylist() == values


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            pl.DataFrame({"x": [object()]}, schema={"x": pl.Object}),
            "column 'x' of the DataFrame is of type Object",
        ),
        (pl.DataFrame({"x": [1]}, schema={"x": pl.Int128}), "column 'x' of the DataFrame is of type Int128"),
        (
            pl.DataFrame({"x": [[1]]}, schema={"x": pl.List(pl.Int128)}),
            "column 'x' of the DataFrame is of type Int128",
        ),
        (pl.DataFrame({"x": [1]}, schema={"x": pl.Duration("us")}), r"column 'x' .* is of type duration"),
        (pl.DataFrame({"x": [{}]}), r"column 'x' .* is of type struct<>"),
        (pl.Series("x", [1]), "a polars Series is not a table"),
        (pl.LazyFrame({"x": [1]}).select("y"), "cannot be collected"),
        (pa.table({"x": pa.array([Decimal(1)], pa.decimal256(40, 0))}), "is of type decimal256"),
        (pa.table({"x": pa.array([Decimal(100)], pa.decimal128(3, -2))}), "is of type decimal128"),
        (pa.array([1]), "cannot be written to a dataset"),
        (pd.Series([1], name="x"), "is no table"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column named 'a'"),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "have 2 levels"),
        (pd.DataFrame({"x": pd.arrays.SparseArray([0, 1])}), "column 'x' of the pandas frame is sparse"),
        (pd.DataFrame({"y": [1], "x": [1j]}), "column 'x' of the pandas frame"),
        (pd.DataFrame({"y": [1], "x": [2**80]}), "column 'x' of the pandas frame"),
        (
            pd.DataFrame({"x": pd.period_range("2026", periods=1, freq="D")}),
            "column 'x' .* is of type extension",
        ),
    ],
)
def test_refuses_types_that_no_table_has_by_column(data: object, said: str) -> None:
    with pytest.raises(DataRefusedError, match=said):
        read(data)


_INDEXED = pd.DataFrame({"k": [7, 8], "day": ["a", "b"], "x": [1, 2]})


@pytest.mark.parametrize(
    ("frame", "columns"),
    [
        (_INDEXED.set_index("k"), {"k": [7, 8], "day": ["a", "b"], "x": [1, 2]}),
        (_INDEXED.set_index(["day", "k"]), {"day": ["a", "b"], "k": [7, 8], "x": [1, 2]}),
        (_INDEXED.set_index("k", drop=False), {"k": [7, 8], "day": ["a", "b"], "x": [1, 2]}),
        (_INDEXED.set_index(["k", "day"], drop=False), {"k": [7, 8], "day": ["a", "b"], "x": [1, 2]}),
        (_INDEXED.groupby("day")[["x"]].sum(), {"day": ["a", "b"], "x": [1, 2]}),
        (_INDEXED.sort_values("x", ascending=False), {"k": [8, 7], "day": ["b", "a"], "x": [2, 1]}),
    ],
    ids=["one level", "levels", "kept as a column, too", "levels kept, too", "grouped", "row numbers"],
)
def test_a_named_index_of_pandas_becomes_columns(frame: pd.DataFrame, columns: dict[str, list[Any]]) -> None:
    assert read(frame).to_pydict() == columns


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"x": [1]}, index=pd.to_datetime(["2026-01-01"])), "holds data .* but has no name"),
        (pd.DataFrame({"x": [1]}, index=["a"]), "holds data .* but has no name"),
        (pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([(1, 2)])), "level 0 .* has no name"),
        (pd.DataFrame({"x": [1]}, index=pd.Index([2], name="x")), "'x' is a column .* with other values"),
    ],
)
def test_refuses_an_index_of_pandas_that_would_be_lost(frame: pd.DataFrame, said: str) -> None:
    with pytest.raises(DataRefusedError, match=said):
        read(frame)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    "text", ["id,n\n1,M\u00fcller\n", "id,Gr\u00f6\u00dfe\n1,2\n"], ids=["cell", "header"]
)
def test_the_error_of_a_csv_that_is_not_utf_8_contains_the_call_that_reads_it(
    tmp_path: Path, encoding: str, text: str
) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(DataRefusedError, match="is not UTF-8") as refused:
        read(path)
    suggested = re.search(r'encoding="([^"]+)"', str(refused.value))
    assert suggested is not None
    assert read(pd.read_csv(path, encoding=suggested[1])).equals(read(pd.read_csv(io.StringIO(text))))


def test_refuses_a_csv_with_a_late_byte_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"id,n\n" + b"1,abc\n" * (2 << 20) + "1,M\u00fcller\n".encode("latin-1"))
    with pytest.raises(DataRefusedError, match="not UTF-8"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_reads_a_csv_in_utf_8(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,Gr\u00f6\u00dfe\n1,M\u00fcller\n", encoding=encoding)
    assert read(path).to_pydict() == {"id": [1], "Gr\u00f6\u00dfe": ["M\u00fcller"]}
