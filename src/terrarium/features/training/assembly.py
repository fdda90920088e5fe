"""Entity rows and looked-up columns become a training set's table."""

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
    """Make sure that features do not take the names of what is there.

    Raises:
        EntityRowsError: One would.
    """
    clashing = sorted({column for _, _, column in request.columns} & set(rows.table.column_names))
    if clashing:
        raise EntityRowsError(
            f"the entity rows have {', '.join(clashing)} already, which features were to become",
            remedy="leave them out of the entity rows, or say full_names=True",
        )


def assemble(rows: EntityRows, request: FeatureRequest, looked_up: "Mapping[str, pa.Table]") -> "pa.Table":
    """The entity rows with one more column for each feature asked for, in the order asked.

    Args:
        rows: As they were given.
        request: What was asked.
        looked_up: View with version -> its stored features, as many rows as `rows`.
    """
    import pyarrow as pa

    computed = {asked.registered.name: _computed(rows, asked, looked_up) for asked in request.views}
    table = rows.table
    for view, feature, column in request.columns:
        values = computed[view].get(feature)
        if values is None:
            values = looked_up[view][feature]
        table = table.append_column(pa.field(column, values.type), values)
    return table


def _computed(
    rows: EntityRows, asked: ViewRequest, looked_up: "Mapping[str, pa.Table]"
) -> "dict[str, pa.ChunkedArray]":
    if not asked.on_demand:
        return {}
    import polars as pl
    import pyarrow as pa

    stored = pl.DataFrame(looked_up[asked.registered.name])
    computed = {}
    for feature in asked.on_demand:
        columns = {**stored.to_dict(), **pl.DataFrame(rows.keyed(feature.request)).to_dict()}
        series = feature(columns)
        computed[feature.name] = pa.chunked_array([series.to_arrow()]).cast(arrow_type(feature.dtype))
    return computed
