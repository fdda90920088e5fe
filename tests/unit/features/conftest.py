"""Fixtures of the tests of features."""

from pathlib import Path

import pytest

from tests.unit.features.local_warehouse import LocalWarehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> LocalWarehouse:
    return LocalWarehouse(tmp_path / "warehouse")
