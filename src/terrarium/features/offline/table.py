"""The table of a view: made when it is first written to, and grown with the view."""

from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureNotFoundError
from terrarium.features.offline.table_catalog import TableCatalog

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table


__all__ = ["ensure_table", "load_table", "view_schema"]

_PROPERTIES = {
    # What is read or skipped as a whole.
    "write.parquet.row-group-limit": "262144",  # rows
    # Appends go together: whoever comes second tries again, within two minutes.
    "commit.retry.num-retries": "30",
    "commit.retry.min-wait-ms": "50",
    "commit.retry.max-wait-ms": "2000",
    "commit.retry.total-timeout-ms": "120000",
}


def view_schema(view: FeatureView) -> "pa.Schema":
    """Its columns in Arrow; keys and event time are never null."""
    import pyarrow as pa

    never_null = {*view.keys, view.event_time}
    return pa.schema(
        [
            pa.field(name, arrow_type(dtype), nullable=name not in never_null)
            for name, dtype in view.dtypes.items()
        ]
    )


def load_table(warehouse: TableCatalog, view: FeatureView) -> "Table":
    """The table of the view's source.

    Raises:
        FeatureNotFoundError: There is none.
    """
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return warehouse.catalog.load_table((warehouse.database, warehouse.table_name(view.source)))
    except NoSuchTableError as error:
        raise FeatureNotFoundError(
            f"dataset {view.source!r}, which feature view {view.name!r} reads, does not exist",
            remedy="write it by `lab.datasets`, or by `lab.features.write`",
        ) from error


def ensure_table(warehouse: TableCatalog, view: FeatureView) -> "Table":
    """The table of the view's source, with all columns of the view."""
    from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError

    identifier = (warehouse.database, warehouse.table_name(view.source))
    catalog = warehouse.catalog
    try:
        table = catalog.load_table(identifier)
    except NoSuchTableError:
        try:
            return catalog.create_table(identifier, view_schema(view), properties=_PROPERTIES)
        except TableAlreadyExistsError:  # made by somebody else just now
            table = catalog.load_table(identifier)
    there = {field.name for field in table.schema().fields}
    added = [field.with_nullable(True) for field in view_schema(view) if field.name not in there]  # noqa: FBT003 - Arrow's signature
    if added:
        import pyarrow as pa

        with table.update_schema() as update:
            update.union_by_name(pa.schema(added))
    return table
