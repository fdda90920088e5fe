"""Feature views of customers' minutes, their rows, and their items in the online table."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

import terrarium
from terrarium.features import Entity, Feature, FeatureView

__all__ = ["CUSTOMER", "MINUTES", "hours_ago", "items_of", "minutes_row", "minutes_view", "online_minutes"]

_NOW = datetime.now(UTC)
CUSTOMER = Entity(name="online_customer", key="customer_id")
MINUTES = Feature(name="minutes", dtype="double")


def hours_ago(hours: float) -> datetime:
    """Return the time some hours ago, by one clock for all tests of a process."""
    return _NOW - timedelta(hours=hours)


def minutes_view(name: str, **changes: Any) -> FeatureView:
    """Return a view of the minutes of customers, with changed fields."""
    view: dict[str, Any] = {
        "name": name,
        "source": name.replace("_", "."),
        "entities": (CUSTOMER,),
        "features": (MINUTES,),
        "owner": "growth",
    }
    return FeatureView.model_validate(view | changes)


def minutes_row(customer: int, age: float, minutes: float) -> dict[str, Any]:
    """Return a row of the view."""
    return {"customer_id": customer, "event_time": hours_ago(age), "minutes": minutes}


def online_minutes(lab: terrarium.Lab, view: str, customers: int) -> list[Any]:
    """Return the online minutes of the customers 0 to `customers` - 1."""
    read = lab.features.online([{"customer_id": n} for n in range(customers)], [f"{view}:minutes"])
    return list(read.columns["minutes"])


def items_of(lab: terrarium.Lab, view: str) -> list[dict[str, Any]]:
    """Return the view's items in the online table, `view` being its name and version: `minutes@1`."""

    def found() -> Iterator[dict[str, Any]]:
        pages = boto3.client("dynamodb").get_paginator("scan")
        for page in pages.paginate(TableName=lab.manifest.features.online_table, ConsistentRead=True):
            yield from page["Items"]

    return [item for item in found() if item["feature_view"]["S"] == view]
