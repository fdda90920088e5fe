"""The as-of index, by the example of its docstring."""

import numpy as np
import pyarrow as pa
import pytest

from terrarium.features.training.as_of_index import AsOfIndex

_TIME = pa.timestamp("us", "UTC")


@pytest.fixture
def index() -> AsOfIndex:
    keys = pa.table({"customer": ["A", "B", "A", None]})
    return AsOfIndex(keys, pa.chunked_array([pa.array([7, 5, 3, 4]).cast(_TIME)]))


def test_entity_rows_without_a_key_have_no_slot(index: AsOfIndex) -> None:
    assert len(index) == 3


def test_a_view_row_belongs_to_the_first_slot_of_its_key_that_is_not_before_it(index: AsOfIndex) -> None:
    keys = pa.table({"customer": ["A", "A", "A", "B", "C"]})
    assert index.find_slots(keys, np.array([1, 3, 9, 2, 1])).tolist() == [0, 0, 3, 2, 3]


@pytest.mark.parametrize(("ttl", "matches"), [(3, [-1, 1, 0, -1]), (None, [0, 1, 0, -1])])
def test_a_candidate_matches_the_later_slots_of_its_key_within_the_ttl(
    index: AsOfIndex, ttl: int | None, matches: list[int]
) -> None:
    slots = np.array([0, 2], np.int32)
    assert index.match(slots, np.array([3, 2]), ttl).tolist() == matches


def test_distinguishes_keys_of_several_columns() -> None:
    keys = pa.table({"customer": [1, 1, 2, 2], "shop": ["a", "b", "a", None]})
    index = AsOfIndex(keys, pa.chunked_array([pa.array([5, 5, 5, 5]).cast(_TIME)]))
    asked = pa.table({"customer": [1, 1, 2, 2, 3], "shop": ["a", "b", "a", "b", "a"]})
    assert index.find_slots(asked, np.array([1, 1, 1, 1, 1])).tolist() == [0, 1, 2, 3, 3]
