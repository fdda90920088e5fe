"""Writes items so that a newer row is never overwritten by an older one, whoever else writes."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from terrarium.features.online.item import FEATURES, Item, decode

__all__ = ["write_items"]

_AT_ONCE = 10  # requests: as many connections as boto3 keeps

_NEWER = (
    "attribute_not_exists(entity) OR event_time < :event_time"
    " OR (event_time = :event_time AND created_time < :created_time)"
)
_UNCHANGED_SINCE = f"{_NEWER} OR features = :seen"


def write_items(client: Any, table: str, items: Sequence[Item]) -> int:
    """Put every item that is newer than what is there.

    Returns:
        How many were.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(pool.map(partial(_write, client, table), items))


def _write(client: Any, table: str, item: Item) -> bool:
    condition = _NEWER
    values = {":event_time": item["event_time"], ":created_time": item["created_time"]}
    while (there := _put(client, table, item, condition, values)) is not None:
        if there and _order(item) <= _order(there):
            return False
        # Of rows with the same times the values decide, as offline; unless another row came meanwhile.
        condition = _UNCHANGED_SINCE
        values[":seen"] = there.get(
            FEATURES, {"S": ""}
        )  # deleted meanwhile: nothing stands against it any more
    return True


def _put(client: Any, table: str, item: Item, condition: str, values: Item) -> Item | None:
    """Put it, or say what stands against it."""
    from botocore.exceptions import ClientError

    try:
        client.put_item(
            TableName=table,
            Item=item,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        there: Item = error.response.get("Item", {})  # type: ignore[assignment] # not in its typed dictionary
        return there
    return None


def _order(item: Item) -> tuple[Any, ...]:
    values = tuple(_comparable(value) for value in decode(item).values)
    return (int(item["event_time"]["N"]), int(item["created_time"]["N"]), *values)


def _comparable(value: Any) -> tuple[Any, ...]:
    # As engines sort: null first, NaN last.
    if value is None:
        return (0,)
    if value != value:
        return (2,)
    if isinstance(value, list):
        return (1, [_comparable(one) for one in value])
    return (1, value)
