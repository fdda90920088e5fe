"""Validation of rows before they are written to a view."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from terrarium.features._typed_column import typed_column
from terrarium.features.definition.dtype import arrow_type
from terrarium.features.definition.feature import Feature
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.errors import FeatureConstraintError, FeatureDataError
from terrarium.features.offline.table import view_schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["conform", "refuse_violations"]


def conform(table: "pa.Table", view: FeatureView) -> "pa.Table":
    """Return the rows with the view's columns and types, sorted by event time; fill in the created time.

    Because rows are sorted, reads can skip files and row groups outside of a time range.

    Raises:
        FeatureDataError: A column is missing, unknown, of another type, or null although it must not be.
    """
    import pyarrow as pa

    if view.created_time and view.created_time not in table.column_names:
        now = pa.scalar(datetime.now(UTC), type=arrow_type("timestamptz"))
        table = table.append_column(view.created_time, pa.repeat(now, table.num_rows))
    schema = view_schema(view)
    _compare_names(table, schema, view)
    columns = [_typed(table[field.name], field, view.dtypes[field.name], view) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema).sort_by(view.event_time)


def refuse_violations(table: "pa.Table", view: FeatureView) -> None:
    """Refuse rows that violate the constraints of the view's features.

    Raises:
        FeatureConstraintError: Rows violate constraints; the error lists all of them, with the number of rows.
    """
    broken = [problem for feature in view.features for problem in _violations(table[feature.name], feature)]
    if broken:
        listed = "\n".join(f"  {problem}" for problem in broken)
        raise FeatureConstraintError(
            f"{table.num_rows} rows for feature view {view.name!r} were refused, none was written:\n{listed}",
            remedy="correct the data; or change the view's constraints and apply it again",
        )


def _compare_names(table: "pa.Table", schema: "pa.Schema", view: FeatureView) -> None:
    missing = [name for name in schema.names if name not in table.column_names]
    unknown = [name for name in table.column_names if name not in schema.names]
    if missing or unknown:
        problems = [f"lacks {', '.join(missing)}"] if missing else []
        problems += [f"has unknown columns {', '.join(unknown)}"] if unknown else []
        raise FeatureDataError(
            f"data for feature view {view.name!r} {' and '.join(problems)}",
            remedy=f"the view's columns: {', '.join(schema.names)}",
        )


def _typed(column: "pa.ChunkedArray", field: "pa.Field", dtype: str, view: FeatureView) -> "pa.ChunkedArray":
    import pyarrow as pa

    where = f"column {field.name!r} for feature view {view.name!r}"
    if column.null_count and not field.nullable:
        raise FeatureDataError(
            f"{where} has {column.null_count} nulls",
            remedy="keys and event times are never null: remove these rows",
        )
    try:
        return typed_column(column, dtype)
    except pa.ArrowException as error:
        raise FeatureDataError(
            f"{where} is {column.type}, which cannot be converted to {field.type} without loss: {error}",
            remedy="convert it, or change the type of the feature",
        ) from error


def _violations(column: "pa.ChunkedArray", feature: Feature) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    def rows(broken: "pa.ChunkedArray") -> int:
        return pc.sum(broken, min_count=0).as_py() or 0

    if feature.required and column.null_count:
        yield f"{feature.name}: {column.null_count} rows have none"
    if feature.minimum is not None and (below := rows(pc.less(column, feature.minimum))):
        yield f"{feature.name}: {below} rows are below {feature.minimum:g}"
    if feature.maximum is not None and (above := rows(pc.greater(column, feature.maximum))):
        yield f"{feature.name}: {above} rows are above {feature.maximum:g}"
    if feature.one_of:
        known = pc.is_in(column, value_set=pa.array([*feature.one_of, None], pa.string()))
        if other := rows(pc.invert(known)):
            yield f"{feature.name}: {other} rows have other values than {', '.join(feature.one_of)}"
