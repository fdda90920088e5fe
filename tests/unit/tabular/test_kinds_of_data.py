"""Datasets and features accept the same kinds of tabular data, and read the same rows from each."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from terrarium.datasets.writing.row_source import RowSource
from terrarium.features.errors import EntityRowsError
from terrarium.tabular.arrow_table import arrow_table

_ROWS = [{"customer_id": 1, "plan": "flat"}, {"customer_id": 2, "plan": None}]
_TABLE = pa.Table.from_pylist(_ROWS)
_KINDS: dict[str, Callable[[], Any]] = {
    "table": lambda: _TABLE,
    "record batch": lambda: _TABLE.to_batches()[0],
    "record batch reader": _TABLE.to_reader,
    "pandas": lambda: pd.DataFrame(_ROWS),
    "polars": lambda: pl.DataFrame(_ROWS),
    "lazy polars": lambda: pl.LazyFrame(_ROWS),
    "list of mappings": lambda: _ROWS,
}


@pytest.mark.parametrize("kind", _KINDS)
def test_features_read_the_rows_of_every_kind(kind: str) -> None:
    assert arrow_table(_KINDS[kind](), error=EntityRowsError).to_pylist() == _ROWS


@pytest.mark.parametrize("kind", _KINDS)
def test_datasets_read_the_rows_of_every_kind(kind: str) -> None:
    assert RowSource.of(_KINDS[kind]()).to_table().to_pylist() == _ROWS


@pytest.mark.parametrize("data", [{"a": 1}, pd.Series([1]), pl.Series([1]), [1, 2]])
def test_refuses_what_is_not_a_table(data: object) -> None:
    with pytest.raises(EntityRowsError):
        arrow_table(data, error=EntityRowsError)
