"""Rows that contain themselves are refused: they would end the process within Arrow."""

from typing import Any

import pytest

from terrarium.features.errors import EntityRowsError
from terrarium.tabular.arrow_table import arrow_table


def test_refuses_deeply_nested_rows() -> None:
    itself: list[Any] = []
    itself.append(itself)
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    for value in (itself, deep, {"a": itself}):
        with pytest.raises(EntityRowsError, match="nested"):
            arrow_table([{"customer_id": 1, "value": value}], error=EntityRowsError)
    assert arrow_table([{"customer_id": 1, "value": [[1, 2], [3]]}], error=EntityRowsError).num_rows == 1
