"""Items of the online store."""

import operator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrarium.features import Entity, Feature
from terrarium.features.definition.registered_view import RegisteredView
from terrarium.features.errors import EntityRowsError, FeatureDataError
from terrarium.features.offline.validation import conform
from terrarium.features.online.item import Item, decode, encode, encode_row
from terrarium.features.online.size_limits import refuse_oversized
from terrarium.tabular.arrow_table import arrow_table
from tests.unit.features.examples import at, usage


def item_with(plan: str) -> Item:
    registered = RegisteredView(view=usage(), version=2, revision=0, applied_at=at(0))
    row = {"customer_id": 42, "event_time": at(1), "created_at": at(2), "minutes": 1.5, "plan": plan}
    return encode(registered, row)


def test_an_item_holds_the_whole_row() -> None:
    assert decode(item_with("x" * 409_000)).values == [1.5, "x" * 409_000]


def test_refuses_a_row_that_is_too_large_for_dynamodb() -> None:
    with pytest.raises(
        FeatureDataError, match=r"usage@2 about customer=42 has 4[0-9]{2},[0-9]{3} bytes online"
    ):
        item_with("ä" * 204_800)


def test_refuses_a_key_that_is_too_long_for_dynamodb() -> None:
    view = usage(entities=(Entity(name="shop", key="shop", dtype="string"),))
    row = {"event_time": at(1), "created_at": at(2), "minutes": 1.5, "plan": "a"}
    longest = "x" * (2048 - len('shop=""'))
    encode_row(view, "usage@1", row | {"shop": longest})
    with pytest.raises(FeatureDataError, match="has a key of 2,049 bytes online"):
        encode_row(view, "usage@1", row | {"shop": longest + "x"})


_VIEW = usage(
    entities=(Entity(name="shop", key="shop", dtype="string"),),
    features=(
        Feature(name="plan", dtype="string"),
        Feature(name="words", dtype="list<string>"),
        Feature(name="numbers", dtype="list<double>"),
    ),
)
# Around the limits of 400 KB and 2048 bytes; texts that JSON writes as they are, and with escapes.
_TEXT = (
    st.builds(operator.mul, st.sampled_from(["x", "\u00e4", '"', "\n", "\x01"]), st.integers(0, 420_000))
    | st.none()
)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "shop": st.builds(operator.mul, st.sampled_from(["x", '"', "\x01"]), st.integers(0, 2100)),
            "plan": _TEXT,
            "words": st.none() | st.lists(_TEXT, max_size=3),
            "numbers": st.none() | st.builds(operator.mul, st.just([0.1 + 0.2]), st.integers(0, 25_000)),
            "event_time": st.just(at(1)),
            "created_at": st.just(at(1)),
        }
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(_ROWS)
def test_refuses_exactly_the_rows_that_are_too_large(rows: list[dict[str, Any]]) -> None:
    refused = 0
    for row in rows:
        try:
            encode_row(_VIEW, _VIEW.name, row)
        except FeatureDataError:
            refused += 1
    table = conform(arrow_table(rows, error=EntityRowsError), _VIEW)
    if not refused:
        refuse_oversized(table, _VIEW)
        return
    with pytest.raises(FeatureDataError, match=f"^{refused} rows .* are too large to be online"):
        refuse_oversized(table, _VIEW)
