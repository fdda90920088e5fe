"""Batch reads of online items, in requests of up to 100 keys."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from terrarium.aws import translate_errors
from terrarium.features.errors import OnlineThrottledError
from terrarium.features.online.item import FEATURES, Item

__all__ = ["read_items"]

_MOST_KEYS = 100  # per BatchGetItem request
_AT_ONCE = 8  # concurrent requests
_ATTEMPTS = 8
_SHORTEST_WAIT = 0.05  # s; doubles with each attempt


def read_items(client: Any, table: str, keys: Sequence[tuple[str, str]]) -> list[Item]:
    """Return the existing items of the keys (entity, view), in no particular order; only attribute `features`.

    Args:
        client: The DynamoDB client of boto3.
        table: Name of the online table.
        keys: The keys, without duplicates.

    Raises:
        OnlineThrottledError: Keys stayed unprocessed in all attempts.
    """
    chunks = [keys[start : start + _MOST_KEYS] for start in range(0, len(keys), _MOST_KEYS)]
    read = partial(_read_chunk, client, table)
    with translate_errors(f"read features online from {table}"):
        if len(chunks) == 1:
            return read(chunks[0])
        with ThreadPoolExecutor(min(_AT_ONCE, max(1, len(chunks)))) as pool:
            return [item for items in pool.map(read, chunks) for item in items]


def _read_chunk(client: Any, table: str, keys: Sequence[tuple[str, str]]) -> list[Item]:
    found: list[Item] = []
    request_items: dict[str, Any] = {
        table: {
            "Keys": [{"entity": {"S": entity}, "feature_view": {"S": view}} for entity, view in keys],
            "ProjectionExpression": FEATURES,
        }
    }
    for attempt in range(_ATTEMPTS):
        response = client.batch_get_item(RequestItems=request_items)
        found += response["Responses"].get(table, ())
        request_items = response.get("UnprocessedKeys")
        if not request_items:
            return found
        time.sleep(random.uniform(0, _SHORTEST_WAIT * 2**attempt))  # noqa: S311 - no secret
    raise OnlineThrottledError(
        f"{table} left keys unprocessed in {_ATTEMPTS} attempts",
        remedy="read fewer entities at a time, or check the table's throttled requests in CloudWatch",
    )
