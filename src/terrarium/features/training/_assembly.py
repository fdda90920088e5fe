"""Assembly of a training set: entity rows, looked-up columns and on-demand features in one table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from terrarium.features.definition.dtype import arrow_type
from terrarium.features.entity_rows import EntityRows
from terrarium.features.errors import EntityRowsError
from terrarium.features.feature_request import FeatureRequest, ViewRequest

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["assemble", "refuse_clashing_columns"]


def refuse_clashing_columns(rows: EntityRows, request: FeatureRequest) -> None:
    """Refuse features that would take the name of a column of the entity rows.

    Raises:
        EntityRowsError: A feature would take such a name.
    """
    clashing = sorted({column for _, _, column in request.columns} & set(rows.table.column_names))
    if clashing:
        raise EntityRowsError(
            f"the entity rows already have columns {', '.join(clashing)}, which are also names of features",
            remedy="remove the columns from the entity rows, or pass full_names=True",
        )


def assemble(rows: EntityRows, request: FeatureRequest, looked_up: "Mapping[str, pa.Table]") -> "pa.Table":
    """Return the entity rows with one more column per requested feature, in the order of the request.

    Args:
        rows: The entity rows.
        request: The requested features.
        looked_up: View with version -> its stored features, one row per entity row.
    """
    import pyarrow as pa

    computed = {
        view_request.registered.name: _computed(rows, view_request, looked_up)
        for view_request in request.views
    }
    table = rows.table
    for view, feature, column in request.columns:
        values = computed[view].get(feature)
        if values is None:
            values = looked_up[view][feature]
        table = table.append_column(pa.field(column, values.type), values)
    return table


def _computed(
    rows: EntityRows, view_request: ViewRequest, looked_up: "Mapping[str, pa.Table]"
) -> "dict[str, pa.ChunkedArray]":
    if not view_request.on_demand:
        return {}
    import polars as pl
    import pyarrow as pa

    stored = pl.DataFrame(looked_up[view_request.registered.name])
    computed = {}
    for feature in view_request.on_demand:
        columns = {**stored.to_dict(), **pl.DataFrame(rows.keyed(feature.request)).to_dict()}
        series = feature(columns)
        computed[feature.name] = pa.chunked_array([series.to_arrow()]).cast(arrow_type(feature.dtype))
    return computed
