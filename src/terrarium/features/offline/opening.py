"""Opens the sources of views: as they are now, or as they were."""

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureNotFoundError
from terrarium.features.offline.source import Source
from terrarium.features.offline.table import load_table
from terrarium.features.offline.tables import Tables

__all__ = ["current_source", "existing_source", "pinned_source"]


def current_source(warehouse: Tables, view: FeatureView) -> Source:
    """The source of a view at its latest snapshot.

    Raises:
        FeatureNotFoundError: There is no such dataset.
        FeatureDataError: It is not what the view says.
    """
    table = load_table(warehouse, view)
    current = table.current_snapshot()
    source = Source(view, table, current.snapshot_id if current else None)
    source.check()
    return source


def existing_source(warehouse: Tables, view: FeatureView) -> Source | None:
    """The same; None where there is no such dataset yet."""
    try:
        return current_source(warehouse, view)
    except FeatureNotFoundError:
        return None


def pinned_source(warehouse: Tables, view: FeatureView, snapshot_id: int | None) -> Source:
    """The source of a view at a snapshot; None stands for a table without any.

    Raises:
        FeatureNotFoundError: There is no such dataset, or no such snapshot of it.
        FeatureDataError: It is not what the view says.
    """
    table = load_table(warehouse, view)
    if snapshot_id is not None and table.snapshot_by_id(snapshot_id) is None:
        raise FeatureNotFoundError(
            f"dataset {view.source!r} has no snapshot {snapshot_id}, to which feature view {view.name!r} was pinned",
            remedy="it has expired, or is another environment's",
        )
    source = Source(view, table, snapshot_id)
    source.check()
    return source
