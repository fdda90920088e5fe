"""Items of the online store."""

import pytest

from terrarium.features.definition.registered import RegisteredView
from terrarium.features.errors import FeatureDataError
from terrarium.features.online.item import Item, decode, encode
from tests.unit.features.examples import at, usage


def item_with(plan: str) -> Item:
    registered = RegisteredView(view=usage(), version=2, revision=0, applied_at=at(0))
    row = {"customer_id": 42, "event_time": at(1), "created_at": at(2), "minutes": 1.5, "plan": plan}
    return encode(registered, row)


def test_a_row_that_dynamodb_takes_is_kept_whole() -> None:
    assert decode(item_with("x" * 409_000)).values == [1.5, "x" * 409_000]


def test_a_row_that_dynamodb_does_not_take_is_refused() -> None:
    with pytest.raises(
        FeatureDataError, match=r"usage@2 about customer=42 has 4[0-9]{2},[0-9]{3} bytes online"
    ):
        item_with("ä" * 204_800)
