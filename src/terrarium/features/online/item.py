"""How a view's newest row about an entity is kept as one item of DynamoDB's.

A read asks for one attribute only, `features`: a JSON array of the item's key, its event time, and the values by
position. What a read costs the client goes with the number of attributes.
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
    "microseconds",
    "moment",
    "reader",
]

FEATURES: Final = "features"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000  # us
# Amazon DynamoDB Developer Guide, "Quotas": an item has at most 400 KB, names of attributes included, and its partition
# key 2048 bytes.
LARGEST_ITEM: Final = 400 * 1024  # bytes
LARGEST_KEY: Final = 2048  # bytes
# Of rows without one: before all others.
_NEVER = -(2**63)

Item = dict[str, dict[str, str]]


@dataclass(frozen=True)
class StoredRow:
    """A row as it is online.

    Args:
        key: The item's: entity, and view with version.
        event_time: Microseconds since 1970.
        values: Of the view's stored features, by position; fewer than the view has, where it has grown since.
    """

    key: tuple[str, str]
    event_time: int
    values: Sequence[Any]


def encode(registered: RegisteredView, row: Mapping[str, Any]) -> Item:
    """Return the item of a row.

    Raises:
        FeatureDataError: DynamoDB does not take the item: it is too large, or its key too long.
    """
    return encode_row(registered.view, registered.name, row)


def encode_row(view: FeatureView, name: str, row: Mapping[str, Any]) -> Item:
    """Return the item of a row of `view`, which is registered as `name`; errors as of `encode`."""
    entity = entity_key(view.entities, row)
    assert entity is not None  # noqa: S101 - rows with null keys do not get here
    event_time = microseconds(row[view.event_time])
    created = row[view.created_time] if view.created_time else None
    values = [_plain(row[feature.name], feature.dtype) for feature in view.features]
    item: Item = {
        "entity": {"S": entity},
        "feature_view": {"S": name},
        FEATURES: {"S": _json([entity, name, event_time, *values])},
        "event_time": {"N": str(event_time)},
        "created_time": {"N": str(_NEVER if created is None else microseconds(created))},
    }
    if view.ttl is not None:
        # DynamoDB counts in seconds: it may end an item late, never early.
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
    """The row of an item, of which only `features` is needed; times are microseconds still."""
    entity, view, event_time, *values = json.loads(item[FEATURES]["S"])
    return StoredRow((entity, view), event_time, values)


def entity_key(entities: Sequence[Entity], row: Mapping[str, Any]) -> str | None:
    """What tells the entity apart, e.g. `customer=42&shop="a"`; None where a key is null.

    Raises:
        EntityRowsError: A key is missing, or of another type.
    """
    parts = []
    for entity in entities:
        try:
            value = row[entity.key]
        except KeyError as error:
            raise EntityRowsError(
                f"an entity row has no {entity.key!r}", remedy=f"it has {', '.join(row)}; add what is missing"
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


def microseconds(time: datetime) -> int:
    """Since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The other way round."""
    return _EPOCH + value * _MICROSECOND


def reader(dtype: str) -> Callable[[Any], Any] | None:
    """What makes a value of what JSON has; None where JSON has it already."""
    element = element_type(dtype)
    if element is not None:
        read = reader(element)
        return None if read is None else lambda values: [None if one is None else read(one) for one in values]
    return moment if dtype == "timestamptz" else None


def _plain(value: Any, dtype: str) -> Any:
    if value is None:
        return None
    element = element_type(dtype)
    if element is not None:
        return [_plain(one, element) for one in value]
    return microseconds(value) if dtype == "timestamptz" else value


def _json(value: Any) -> str:
    # NaN and infinities are written as Python's, and read again as such.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _wrong(entity: Entity, value: object) -> EntityRowsError:
    return EntityRowsError(
        f"{value!r} is no {entity.dtype}, which entity {entity.name!r} is told apart by",
        remedy=f"convert column {entity.key!r}",
    )
