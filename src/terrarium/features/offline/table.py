"""The Iceberg table of a view: created by the first write, with columns added as the view gets features."""

from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureNotFoundError
from terrarium.features.offline.table_catalog import TableCatalog
from terrarium.warehouse.commit_retries import COMMIT_RETRIES

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table


__all__ = ["ensure_table", "load_table", "view_schema"]

_PROPERTIES = {
    # Row groups are the unit that a read skips by its statistics.
    "write.parquet.row-group-limit": "262144",  # rows
    **COMMIT_RETRIES,
}


def view_schema(view: FeatureView) -> "pa.Schema":
    """Return the view's columns in Arrow; keys and event time are not nullable."""
    import pyarrow as pa

    never_null = {*view.keys, view.event_time}
    return pa.schema(
        [
            pa.field(name, arrow_type(dtype), nullable=name not in never_null)
            for name, dtype in view.dtypes.items()
        ]
    )


def load_table(warehouse: TableCatalog, view: FeatureView) -> "Table":
    """Return the table of the view's source.

    Raises:
        FeatureNotFoundError: The table does not exist.
    """
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return warehouse.catalog.load_table((warehouse.database, warehouse.table_name(view.source)))
    except NoSuchTableError as error:
        raise FeatureNotFoundError(
            f"dataset {view.source!r}, which feature view {view.name!r} reads, does not exist",
            remedy="create it with `lab.datasets.create`, or write to the view with `lab.features.write`",
        ) from error


def ensure_table(warehouse: TableCatalog, view: FeatureView) -> "Table":
    """Return the table of the view's source with all columns of the view; create or extend it if necessary."""
    from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError

    identifier = (warehouse.database, warehouse.table_name(view.source))
    catalog = warehouse.catalog
    try:
        table = catalog.load_table(identifier)
    except NoSuchTableError:
        try:
            return catalog.create_table(identifier, view_schema(view), properties=_PROPERTIES)
        except TableAlreadyExistsError:  # created concurrently
            table = catalog.load_table(identifier)
    existing = {field.name for field in table.schema().fields}
    added = [field.with_nullable(True) for field in view_schema(view) if field.name not in existing]  # noqa: FBT003 - Arrow's signature
    if added:
        import pyarrow as pa

        with table.update_schema() as update:
            update.union_by_name(pa.schema(added))
    return table
