"""Conditional writes of online items: an older row never replaces a newer one, even with concurrent writers."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from terrarium.features.online.item import FEATURES, Item, decode

__all__ = ["Written", "write_items"]

_AT_ONCE = 10  # concurrent requests; boto3 keeps as many connections

# DynamoDB's message for an item or a key that is too large ("Item size has exceeded the maximum allowed size", "Size of
# hashkey has exceeded the maximum size limit of 2048 bytes"). Other errors do not concern a single row.
_TOO_LARGE = re.compile(r"\bsize\b.*\bexceeded\b", re.IGNORECASE)

_NEWER = (
    "attribute_not_exists(entity) OR event_time < :event_time"
    " OR (event_time = :event_time AND created_time < :created_time)"
)
_UNCHANGED_SINCE = f"{_NEWER} OR features = :seen"


class Written(NamedTuple):
    """Result of writing one item.

    Attributes:
        newer: Whether the item was newer than the one online, and replaced it.
        refusal: DynamoDB's message if it does not accept the item; else None.
    """

    newer: bool
    refusal: str | None = None


def write_items(client: Any, table: str, items: Sequence[Item]) -> list[Written]:
    """Put each item that is newer than the stored one; continue if DynamoDB refuses an item.

    Returns:
        The result of each item, in their order.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(partial(_write, client, table), items))


def _write(client: Any, table: str, item: Item) -> Written:
    from botocore.exceptions import ClientError

    try:
        return Written(newer=_put_if_newer(client, table, item))
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        if error.response["Error"]["Code"] != "ValidationException" or not _TOO_LARGE.search(message):
            raise
        return Written(newer=False, refusal=message)


def _put_if_newer(client: Any, table: str, item: Item) -> bool:
    condition = _NEWER
    values = {":event_time": item["event_time"], ":created_time": item["created_time"]}
    while (stored := _put(client, table, item, condition, values)) is not None:
        if stored and _order(item) <= _order(stored):
            return False
        # With equal times, the values decide, as offline; unless another row was written in the meantime.
        condition = _UNCHANGED_SINCE
        # An item that was deleted in the meantime has no features.
        values[":seen"] = stored.get(FEATURES, {"S": ""})
    return True


def _put(client: Any, table: str, item: Item, condition: str, values: Item) -> Item | None:
    """Put the item; return the stored one if it violates the condition, else None."""
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
        stored: Item = error.response.get("Item", {})  # type: ignore[assignment] # missing in boto3's type stubs
        return stored
    return None


def _order(item: Item) -> tuple[Any, ...]:
    values = tuple(_comparable(value) for value in decode(item).values)
    return (int(item["event_time"]["N"]), int(item["created_time"]["N"]), *values)


def _comparable(value: Any) -> tuple[Any, ...]:
    # The order of both engines: null first, NaN last.
    if value is None:
        return (0,)
    if value != value:
        return (2,)
    if isinstance(value, list):
        return (1, [_comparable(one) for one in value])
    return (1, value)
