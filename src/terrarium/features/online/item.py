"""Encoding of the latest row of a view about an entity as a DynamoDB item.

Reads request a single attribute, `features`: a JSON array of the item's key, its event time, and the values by
position. The client's cost of a read grows with the number of attributes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from terrarium.features.definition.dtype import element_type
from terrarium.features.definition.entity import Entity
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.registered_view import RegisteredView
from terrarium.features.errors import EntityRowsError, FeatureDataError

__all__ = [
    "FEATURES",
    "LARGEST_ITEM",
    "LARGEST_KEY",
    "Item",
    "StoredRow",
    "decode",
    "encode",
    "encode_row",
    "entity_key",
    "from_microseconds",
    "json_decoder",
    "to_microseconds",
]

FEATURES: Final = "features"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000  # us
# Amazon DynamoDB Developer Guide, "Quotas": an item has at most 400 KB, names of attributes included, and its partition
# key 2048 bytes.
LARGEST_ITEM: Final = 400 * 1024  # bytes
LARGEST_KEY: Final = 2048  # bytes
# Created time of rows without one: before all others.
_NEVER = -(2**63)

Item = dict[str, dict[str, str]]


@dataclass(frozen=True)
class StoredRow:
    """A row as it is stored online.

    Args:
        key: Key of the item: entity, and view with version.
        event_time: Microseconds since 1970.
        values: Values of the view's stored features, by position. Fewer than the view has if features were added.
    """

    key: tuple[str, str]
    event_time: int
    values: Sequence[Any]


def encode(registered: RegisteredView, row: Mapping[str, Any]) -> Item:
    """Return the item of a row.

    Raises:
        FeatureDataError: DynamoDB does not accept the item: it is too large, or its key is too long.
    """
    return encode_row(registered.view, registered.name, row)


def encode_row(view: FeatureView, name: str, row: Mapping[str, Any]) -> Item:
    """Return the item of a row of `view`, which is registered as `name`; raises the errors of `encode`."""
    entity = entity_key(view.entities, row)
    assert entity is not None  # noqa: S101 - rows with null keys were removed before
    event_time = to_microseconds(row[view.event_time])
    created = row[view.created_time] if view.created_time else None
    values = [_plain(row[feature.name], feature.dtype) for feature in view.features]
    item: Item = {
        "entity": {"S": entity},
        "feature_view": {"S": name},
        FEATURES: {"S": _json([entity, name, event_time, *values])},
        "event_time": {"N": str(event_time)},
        "created_time": {"N": str(_NEVER if created is None else to_microseconds(created))},
    }
    if view.ttl is not None:
        # DynamoDB expires items by whole seconds: rounded up, an item may expire late, but never early.
        ends = event_time + view.ttl // _MICROSECOND
        item["expires_at"] = {"N": str(-(-ends // _SECOND))}
    _check_size(name, entity, item)
    return item


def _check_size(view: str, entity: str, item: Item) -> None:
    key = len(entity.encode())
    if key > LARGEST_KEY:
        raise FeatureDataError(
            f"the row of {view} about {entity:.60}… has a key of {key:,} bytes online; DynamoDB takes {LARGEST_KEY:,}",
            remedy="use a shorter key, such as a digest of this one",
        )
    size = sum(
        len(name.encode()) + len(text.encode()) for name, value in item.items() for text in value.values()
    )
    if size > LARGEST_ITEM:
        raise FeatureDataError(
            f"the row of {view} about {entity} has {size:,} bytes online; DynamoDB takes {LARGEST_ITEM:,}",
            remedy="split its features among several views, or keep large values offline and a reference online",
        )


def decode(item: Item) -> StoredRow:
    """Return the row of an item, of which only `features` is needed; times stay microseconds."""
    entity, view, event_time, *values = json.loads(item[FEATURES]["S"])
    return StoredRow((entity, view), event_time, values)


def entity_key(entities: Sequence[Entity], row: Mapping[str, Any]) -> str | None:
    """Return the key of an entity, such as `customer=42&shop="a"`; None if one of its keys is null.

    Raises:
        EntityRowsError: A key is missing, or has another type.
    """
    parts = []
    for entity in entities:
        try:
            value = row[entity.key]
        except KeyError as error:
            raise EntityRowsError(
                f"an entity row has no {entity.key!r}",
                remedy=f"add it to the row, which has {', '.join(row)}",
            ) from error
        if value is None:
            return None
        if entity.dtype == "string":
            if not isinstance(value, str):
                raise _wrong(entity, value)
            parts.append(f"{entity.name}={_json(value)}")
        else:
            if isinstance(value, bool) or not hasattr(value, "__index__"):
                raise _wrong(entity, value)
            parts.append(f"{entity.name}={value.__index__()}")
    return "&".join(parts)


def to_microseconds(time: datetime) -> int:
    """Return a time as microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """Return microseconds since 1970 as a time."""
    return _EPOCH + value * _MICROSECOND


def json_decoder(dtype: str) -> Callable[[Any], Any] | None:
    """Return the function that converts a JSON value to the type; None if JSON values have it already."""
    element = element_type(dtype)
    if element is not None:
        read = json_decoder(element)
        return None if read is None else lambda values: [None if one is None else read(one) for one in values]
    return from_microseconds if dtype == "timestamptz" else None


def _plain(value: Any, dtype: str) -> Any:
    if value is None:
        return None
    element = element_type(dtype)
    if element is not None:
        return [_plain(one, element) for one in value]
    return to_microseconds(value) if dtype == "timestamptz" else value


def _json(value: Any) -> str:
    # NaN and infinities are written and read in Python's notation, which is not standard JSON.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _wrong(entity: Entity, value: object) -> EntityRowsError:
    return EntityRowsError(
        f"{value!r} is not {entity.dtype}, the type of the key of entity {entity.name!r}",
        remedy=f"convert column {entity.key!r}",
    )
