"""Hashes of rows are a contract: splits and recorded digests depend on them."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.datasets.row_hash import column_hashes, row_hashes

FIRST_RELEASE = {
    "integers": [12714514674083902843, 6037984857136623215, 10148480824719309108, 7961484851388644818],
    "texts": [16623692461382325305, 595120518023192512, 460570145719952574, 7961484851388644818],
    "floats": [14046999787492909969, 17701235321464151798, 7234251590788244441],
    "rows": [9893079697524392346],
}


def test_hashes_equal_those_of_the_first_release() -> None:
    """A change of one of these values moves rows between training and test of every dataset."""
    assert row_hashes([pa.array([0, 1, -1, None])], seed=7).tolist() == FIRST_RELEASE["integers"]
    assert row_hashes([pa.array(["", "a", "ä", None])], seed=7).tolist() == FIRST_RELEASE["texts"]
    assert row_hashes([pa.array([0.0, 1.5, math.nan])], seed=7).tolist() == FIRST_RELEASE["floats"]
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert row_hashes([pa.array([moment]), pa.array([True])], seed=7).tolist() == FIRST_RELEASE["rows"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1, 2], pa.int32()), pa.array([1, 2], pa.int64())),
        (pa.array([0.5], pa.float32()), pa.array([0.5], pa.float64())),
        (pa.array([0.0]), pa.array([-0.0])),
        (pa.array(["a", "b", "a"]), pa.array(["a", "b", "a"]).dictionary_encode()),
        (pa.array(["a"], pa.string()), pa.array(["a"], pa.large_string())),
        (pa.chunked_array([[1], [2, 3]]), pa.array([1, 2, 3])),
        (pa.array([1, 2, 3]).slice(1), pa.array([2, 3])),
        (
            pa.array([dt.datetime(2026, 1, 1)], pa.timestamp("ms")),
            pa.array([dt.datetime(2026, 1, 1)], pa.timestamp("us")),
        ),
    ],
    ids=["width", "precision", "zeros", "dictionary", "offsets", "chunks", "slices", "unit"],
)
def test_equal_values_have_equal_hashes_in_every_layout(one: pa.Array, other: pa.Array) -> None:
    assert column_hashes(one).tolist() == column_hashes(other).tolist()


def test_values_of_different_kinds_have_different_hashes() -> None:
    alike = [pa.array([1]), pa.array([1.0]), pa.array(["1"]), pa.array([True]), pa.array([None], pa.int64())]
    assert len({int(column_hashes(column)[0]) for column in alike}) == len(alike)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([Decimal("1.50"), Decimal("2.50"), None]),
        pa.array([b"a", b"b", None]),
        pa.array([[1, 2], [1], None]),
        pa.array([{"a": 1}, {"a": 2}, None]),
        pa.array([dt.date(2026, 1, 1), dt.date(2026, 1, 2), None]),
        pa.array([dt.time(1), dt.time(2), None]),
    ],
    ids=lambda column: str(column.type),
)
def test_hashes_every_type_that_a_dataset_can_store(column: pa.Array) -> None:
    assert len(set(column_hashes(column).tolist())) == 3


@given(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, min_size=1), st.integers(0, 2**64 - 1))
def test_different_integers_never_collide(values: list[int], seed: int) -> None:
    hashes = row_hashes([pa.array(values, pa.int64())], seed=seed)
    assert len(set(hashes.tolist())) == len(values)


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=3)), min_size=1), st.randoms())
def test_the_hash_of_a_row_does_not_depend_on_other_rows(rows: list[tuple[int, str]], random: object) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis hands out random.Random
    numbers, texts = pa.array([row[0] for row in rows]), pa.array([row[1] for row in rows])
    hashes = row_hashes([numbers, texts], seed=1)
    shuffled = row_hashes([numbers.take(order), texts.take(order)], seed=1)
    assert shuffled.tolist() == hashes[order].tolist()


def test_hashes_are_uniformly_distributed() -> None:
    """Of neighbouring numbers, each of 16 equal ranges takes its share, within six standard deviations."""
    hashes = row_hashes([pa.array(np.arange(160_000))], seed=7)
    counts = np.bincount((hashes >> np.uint64(60)).astype(int), minlength=16)
    assert abs(counts - 10_000).max() < 6 * math.sqrt(10_000)
