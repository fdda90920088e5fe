"""Assignment of rows to the parts of a split: properties that hold for all data."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.datasets.errors import SplitError
from terrarium.datasets.splitting.assignment import Assignment, ByHash
from terrarium.datasets.splitting.fit_assignment import check_no_nulls, explicit_cuts, fit_cuts, fit_strata
from terrarium.datasets.splitting.leakage import find_leakage
from terrarium.datasets.splitting.part_statistics import PartStatistics, count_crossing, measure_parts
from terrarium.datasets.splitting.proportions import checked_proportions, cumulative_counts, upper_bounds

SHARES = {"train": 0.7, "validation": 0.15, "test": 0.15}
BY_ID = ByHash(columns=("id",), seed=7, bounds=upper_bounds(SHARES))

shares = st.lists(st.integers(1, 50), min_size=2, max_size=5).map(
    lambda weights: {str(part): weight / sum(weights) for part, weight in enumerate(weights)}
)
unique_ids = st.lists(st.integers(-(2**62), 2**62), unique=True, min_size=1, max_size=200)


def parts(assignment: Assignment, rows: pa.Table) -> list[int]:
    return [int(part) for part in assignment.parts_of(rows)]


@given(unique_ids, st.randoms(), st.integers(0, 1000), shares)
def test_the_part_of_a_row_does_not_depend_on_order(
    ids: list[int], random: Any, seed: int, of: dict[str, float]
) -> None:
    assignment = ByHash(columns=("id",), seed=seed, bounds=upper_bounds(of))
    before = dict(zip(ids, parts(assignment, pa.table({"id": ids})), strict=True))
    random.shuffle(ids)
    assert dict(zip(ids, parts(assignment, pa.table({"id": ids})), strict=True)) == before


@given(unique_ids, unique_ids)
def test_added_rows_move_no_other_row(ids: list[int], later: list[int]) -> None:
    assert parts(BY_ID, pa.table({"id": ids + later}))[: len(ids)] == parts(BY_ID, pa.table({"id": ids}))


@given(st.lists(st.integers(0, 20), min_size=1), shares)
def test_a_group_is_in_one_part(groups: list[int], of: dict[str, float]) -> None:
    assignment = ByHash(columns=("group",), seed=1, bounds=upper_bounds(of))
    found = parts(assignment, pa.table({"group": groups}))
    assert len(set(zip(groups, found, strict=True))) == len(set(groups))


@given(shares, st.integers(0, 2**32))
def test_parts_have_their_proportions_and_contain_every_row_once(of: dict[str, float], seed: int) -> None:
    """Each part's size is within eight standard deviations, and a few rows, of what is asked for."""
    rows = pa.table({"id": np.arange(4000)})
    found = Counter(parts(ByHash(columns=("id",), seed=seed, bounds=upper_bounds(of)), rows))
    assert set(found) <= set(range(len(of)))
    for part, share in enumerate(of.values()):
        assert abs(found[part] - 4000 * share) <= 8 * math.sqrt(4000 * share * (1 - share)) + 10


def test_a_different_seed_produces_a_different_split() -> None:
    rows = pa.table({"id": np.arange(1000)})
    other = ByHash(columns=("id",), seed=8, bounds=BY_ID.bounds)
    assert parts(BY_ID, rows) != parts(other, rows)


@given(st.lists(st.sampled_from(["yes", "no", None]), min_size=1, max_size=300), shares, st.integers(0, 9))
def test_every_stratum_has_its_shares_within_a_row(
    labels: list[str | None], of: dict[str, float], seed: int
) -> None:
    rows = pa.table({"id": list(range(len(labels))), "label": pa.array(labels, pa.string())})
    assignment = fit_strata([rows], key=("id",), strata=("label",), shares=of, seed=seed)
    found = Counter(zip(labels, parts(assignment, rows), strict=True))
    for label, size in Counter(labels).items():
        for part, share in enumerate(of.values()):
            assert abs(found[label, part] - size * share) < 1


@given(st.permutations(list(range(60))), st.integers(1, 59))
def test_strata_do_not_depend_on_order_and_files(order: list[int], cut: int) -> None:
    def rows(ids: Sequence[int]) -> pa.Table:
        return pa.table({"id": list(ids), "label": [id_ % 3 for id_ in ids]})

    one = fit_strata([rows(range(60))], key=("id",), strata=("label",), shares=SHARES, seed=7)
    files = [rows(order[:cut]), rows(order[cut:])]
    other = fit_strata(files, key=("id",), strata=("label",), shares=SHARES, seed=7)
    assert parts(one, rows(range(60))) == parts(other, rows(range(60)))


@given(st.lists(st.integers(0, 10**6), min_size=60, max_size=300, unique=True))
def test_parts_by_time_are_consecutive_and_have_their_proportions(minutes: list[int]) -> None:
    times = [dt.datetime(2026, 1, 1) + dt.timedelta(minutes=minute) for minute in minutes]
    assignment = fit_cuts(pa.chunked_array([times]), column="at", shares=SHARES)
    found = parts(assignment, pa.table({"at": times}))
    ranked = [part for _, part in sorted(zip(times, found, strict=True))]
    assert ranked == sorted(ranked)
    ends = cumulative_counts(len(times), SHARES)
    assert [found.count(part) for part in range(3)] == [
        end - start for start, end in zip([0, *ends], ends, strict=False)
    ]


def test_rows_with_equal_times_are_in_one_part() -> None:
    times = pa.chunked_array([[1, 2, 3, 4, 4, 4, 4, 4, 4, 5]])
    assignment = fit_cuts(times, column="at", shares={"train": 0.5, "test": 0.5})
    assert parts(assignment, pa.table({"at": times})) == [0, 0, 0, 1, 1, 1, 1, 1, 1, 1]


def test_refuses_too_few_distinct_times() -> None:
    with pytest.raises(SplitError, match="too few distinct values"):
        fit_cuts(pa.chunked_array([[1, 1, 1, 1, 2]]), column="at", shares={"train": 0.5, "test": 0.5})


def test_parts_begin_at_the_given_cuts() -> None:
    cuts = [dt.date(2026, 2, 1), dt.date(2026, 3, 1)]
    assignment = explicit_cuts(pa.timestamp("us"), column="at", cuts=cuts, parts=3)
    times = [
        dt.datetime(2026, 1, 31),
        dt.datetime(2026, 2, 1),
        dt.datetime(2026, 2, 28),
        dt.datetime(2026, 3, 1),
    ]
    assert parts(assignment, pa.table({"at": times})) == [0, 1, 1, 2]
    assert assignment.predicate(1) == "at >= '2026-02-01T00:00:00' and at < '2026-03-01T00:00:00'"


@pytest.mark.parametrize(
    ("cuts", "said"),
    [
        ([dt.date(2026, 1, 1)], "1 cuts make 2 parts, not 3"),
        ([dt.date(2026, 2, 1), dt.date(2026, 1, 1)], "not in ascending order"),
        ([1, 2], "not of the type of column 'at', date32"),
    ],
)
def test_refuses_invalid_cuts(cuts: list[Any], said: str) -> None:
    with pytest.raises(SplitError, match=said):
        explicit_cuts(pa.date32(), column="at", cuts=cuts, parts=3)


def test_refuses_and_counts_rows_without_a_key() -> None:
    rows = pa.table({"id": [1, None, None]})
    with pytest.raises(SplitError, match="2 of id"):
        check_no_nulls([rows], ["id"], dataset="telco.customers")


@pytest.mark.parametrize(
    ("proportions", "said"),
    [
        ({"train": 0.7, "test": 0.2}, "do not add up to 1"),
        ({"train": 1.2, "test": -0.2}, "do not add up to 1"),
        ({"train": 1.0, "test": 0.0}, "only one part"),
    ],
)
def test_refuses_invalid_proportions(proportions: dict[str, float], said: str) -> None:
    with pytest.raises(SplitError, match=said):
        checked_proportions(proportions)


@given(st.integers(0, 10_000), shares)
def test_counts_add_up_and_are_exact_within_a_row(rows: int, of: dict[str, float]) -> None:
    ends = cumulative_counts(rows, of)
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    assert ends[-1] == rows
    assert all(abs(size - rows * share) < 1 for size, share in zip(sizes, of.values(), strict=True))


def statistics(tables: list[pa.Table], key: Sequence[str] = ("id",)) -> PartStatistics:
    return measure_parts(tables, tables[0].schema, BY_ID, parts=3, key=key)


@given(st.permutations(list(range(40))), st.integers(0, 40))
def test_the_digest_does_not_depend_on_order_and_files(order: list[int], cut: int) -> None:
    rows = pa.table({"id": list(range(40)), "name": [str(number) for number in range(40)]})
    shuffled = rows.take(order)
    one, other = statistics([rows]), statistics([shuffled.slice(0, cut), shuffled.slice(cut)])
    assert [one.digest([part]) for part in range(3)] == [other.digest([part]) for part in range(3)]
    assert one.rows == other.rows


@given(st.integers(0, 39), st.integers(0, 39))
def test_any_changed_value_changes_the_digest(row: int, value: int) -> None:
    rows = pa.table({"id": list(range(40)), "value": list(range(40))})
    values = list(range(40))
    values[row] = value
    changed = statistics([pa.table({"id": list(range(40)), "value": values})])
    assert (changed.digest([0, 1, 2]) == statistics([rows]).digest([0, 1, 2])) == (value == row)


def test_a_repeated_row_counts_twice() -> None:
    once, twice = pa.table({"id": [1]}), pa.table({"id": [1, 1]})
    assert statistics([once]).digest([0, 1, 2]) != statistics([twice]).digest([0, 1, 2])


def test_counts_identical_contents_that_parts_share() -> None:
    rows = pa.table({"id": np.arange(100), "content": np.arange(100) % 50})
    found = parts(BY_ID, rows)
    shared = sum(found[number] != found[number + 50] for number in range(50))
    assert statistics([rows]).identical_rows == shared > 0


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 2))))
def test_crossing_counts_the_values_that_are_in_several_parts(rows: list[tuple[int, int]]) -> None:
    values = np.array([value for value, _ in rows], dtype=np.uint64)
    belonging = np.array([part for _, part in rows], dtype=np.int8)
    seen = Counter(value for value, _ in set(rows))
    assert count_crossing([values], [belonging]) == sum(count > 1 for count in seen.values())


def test_leakage_names_groups_and_times_that_parts_share() -> None:
    rows = pa.table({"id": np.arange(300), "household": np.arange(300) // 3, "at": np.arange(300)})
    names = ["train", "validation", "test"]
    report = find_leakage(
        [rows], BY_ID, names, key=("id",), group=("household",), time="at", identical_rows=0
    )
    assert report.keys == 0
    assert report.groups
    assert ("train", "test") in (report.time_overlap or ())
    assert not report.clean
