"""Check, at registration, that the source of a view has the view's keys, times and types."""

import difflib

from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureDataError, FeatureDefinitionError, FeatureNotFoundError
from terrarium.features.offline.table import load_table
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.features.offline.view_source import ViewSource

__all__ = ["check_source"]


def check_source(warehouse: TableCatalog, view: FeatureView) -> str | None:
    """Return a note about what `features.write` will create in the source of a view; None if nothing is missing.

    Raises:
        FeatureDefinitionError: The source lacks a key or time column, or has a column of another type.
    """
    try:
        table = load_table(warehouse, view)
    except FeatureNotFoundError:
        return f"its source, dataset {view.source!r}, does not exist yet: the first features.write creates it"
    existing = [field.name for field in table.schema().fields]
    for name in (*view.keys, *view.times):
        # `features.write` fills in the created time, and adds its column.
        if name not in existing and name != view.created_time:
            close = difflib.get_close_matches(name, existing, n=1)
            raise FeatureDefinitionError(
                f"dataset {view.source!r}, the source of feature view {view.name!r}, has no column {name!r}",
                remedy=(f"did you mean {close[0]!r}? " if close else "")
                + f"Its columns are {', '.join(existing)}",
            )
    lacking = [name for name in view.dtypes if name not in existing]
    if lacking:
        columns = ", ".join(lacking)
        return f"its source, dataset {view.source!r}, has no column {columns} yet: the next features.write adds it"
    try:
        ViewSource(view, table, None).check()
    except FeatureDataError as error:
        raise FeatureDefinitionError(error.problem, remedy=error.remedy) from error
    return None
