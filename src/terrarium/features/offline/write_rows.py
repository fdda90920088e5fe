"""Batch writes to the table of a view."""

from typing import Any

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import EntityRowsError
from terrarium.features.offline.table import ensure_table
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.features.offline.validation import conform, refuse_violations
from terrarium.features.offline.view_source import ViewSource
from terrarium.features.online.size_limits import refuse_oversized
from terrarium.tabular.arrow_table import arrow_table

__all__ = ["write_rows"]


def write_rows(warehouse: TableCatalog, view: FeatureView, data: Any) -> int:
    """Append rows in one commit, or none of them; create the table if it does not exist.

    Args:
        warehouse: The tables.
        view: The view to write to.
        data: Arrow, pandas, Polars, or a list of mappings.

    Returns:
        The id of the new snapshot.
    """
    table = conform(arrow_table(data, error=EntityRowsError), view)
    refuse_violations(table, view)
    refuse_oversized(table, view)
    target = ensure_table(warehouse, view)
    ViewSource(view, target, None).check()
    target.append(table)
    snapshot = target.current_snapshot()
    assert snapshot is not None  # noqa: S101 - an append creates one
    return snapshot.snapshot_id
