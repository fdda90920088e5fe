"""Online reads: the current features of a few entities, in milliseconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from terrarium.arguments import checked_methods
from terrarium.features.definition.dtype import arrow_type
from terrarium.features.entity_rows import EntityRows
from terrarium.features.errors import EntityRowsError
from terrarium.features.feature_request import FeatureRequest, ViewRequest
from terrarium.features.online._read_items import read_items
from terrarium.features.online.item import StoredRow, decode, entity_key, json_decoder, to_microseconds
from terrarium.plain_text import shown
from terrarium.tabular.arrow_table import arrow_table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["OnlineFeatures", "read_online"]


@checked_methods
@dataclass(frozen=True)
class OnlineFeatures:
    """Current features of entities.

    Args:
        columns: Feature -> one value per entity row, in their order; None where no row holds.
        dtypes: Feature -> its type.
        entities: The entity rows of the request: keys, and fields of on-demand features.

    Example:
        >>> lab.features.online([{"customer_id": 42}], ["customer_usage:minutes"]).to_dicts()
        [{'minutes': 12.5}]
    """

    columns: Mapping[str, Sequence[Any]]
    dtypes: Mapping[str, str]
    entities: Sequence[Mapping[str, Any]] = ()

    def to_dicts(self, *, entities: bool = False) -> list[dict[str, Any]]:
        """Return one mapping per entity row.

        Args:
            entities: Whether each mapping begins with the entity row itself.
        """
        rows = [dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]
        return (
            [{**entity, **row} for entity, row in zip(self.entities, rows, strict=True)] if entities else rows
        )

    def to_arrow(self) -> "pa.Table":
        """Return an Arrow table with the types of the views."""
        import pyarrow as pa

        return pa.table(
            {name: pa.array(values, arrow_type(self.dtypes[name])) for name, values in self.columns.items()}
        )


def read_online(client: Any, table: str, entities: Any, request: FeatureRequest) -> OnlineFeatures:
    """Return the requested features: stored ones are looked up, on-demand ones computed.

    Args:
        client: The DynamoDB client of boto3.
        table: Name of the online table.
        entities: A list of mappings, or a table: keys, and fields of on-demand features.
        request: The requested features.
    """
    rows = (
        entities if isinstance(entities, list) else arrow_table(entities, error=EntityRowsError).to_pylist()
    )
    for row in rows:
        if not isinstance(row, Mapping):
            raise EntityRowsError(
                f"an entity row cannot be {shown(row)}, a {type(row).__name__}",
                remedy='pass mappings, such as [{"customer_id": 7}], or a table',
            )
    keys = {view_request.registered.name: _keys(view_request, rows) for view_request in request.views}
    wanted = dict.fromkeys(key for of_view in keys.values() for key in of_view if key is not None)
    items = read_items(client, table, tuple(wanted)) if wanted else []
    stored = {row.key: row for row in map(decode, items)}
    now = to_microseconds(datetime.now(UTC))
    values = {
        view_request.registered.name: _values(
            view_request, [stored.get(key) if key else None for key in keys[name]], now
        )
        for view_request in request.views
        for name in (view_request.registered.name,)
    }
    for view_request in request.views:
        if view_request.on_demand:
            values[view_request.registered.name] |= _computed(
                view_request, rows, values[view_request.registered.name]
            )
    dtypes = {
        view_request.registered.name: view_request.registered.view.feature_dtypes
        for view_request in request.views
    }
    return OnlineFeatures(
        {column: values[view][feature] for view, feature, column in request.columns},
        {column: dtypes[view][feature] for view, feature, column in request.columns},
        rows,
    )


def _keys(view_request: ViewRequest, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str] | None]:
    entities, name = view_request.registered.view.entities, view_request.registered.name
    keys = (entity_key(entities, row) for row in rows)
    return [None if key is None else (key, name) for key in keys]


def _values(view_request: ViewRequest, rows: Sequence[StoredRow | None], now: int) -> dict[str, list[Any]]:
    view = view_request.registered.view
    oldest = None if view.ttl is None else now - view.ttl // timedelta(microseconds=1)
    # DynamoDB deletes expired items with a delay: until then, reads return them, and they must not count.
    holding = [row.values if row and (oldest is None or row.event_time >= oldest) else () for row in rows]
    columns = {}
    for position, feature in enumerate(view.features):
        if feature.name in view_request.stored:
            read = json_decoder(feature.dtype)
            column = [values[position] if len(values) > position else None for values in holding]
            columns[feature.name] = column if read is None else [v if v is None else read(v) for v in column]
    return columns


def _computed(
    view_request: ViewRequest, rows: Sequence[Mapping[str, Any]], stored: Mapping[str, Sequence[Any]]
) -> dict[str, list[Any]]:
    if not rows:
        return {feature.name: [] for feature in view_request.on_demand}
    import polars as pl
    import pyarrow as pa

    dtypes = view_request.registered.view.dtypes
    columns = {name: pl.Series(pa.array(values, arrow_type(dtypes[name]))) for name, values in stored.items()}
    computed = {}
    for feature in view_request.on_demand:
        brought = pa.Table.from_pylist(
            [{name: row[name] for name in feature.request if name in row} for row in rows]
        )
        request = pl.DataFrame(EntityRows(brought, "").keyed(feature.request)).to_dict()
        computed[feature.name] = feature({**columns, **request}).to_list()
    return computed
