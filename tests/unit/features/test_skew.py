"""Comparison of training and serving values: differences and population stability."""

import math

import pytest

from terrarium.features.skew import compare_columns, population_stability


def test_counts_differences_and_missing_values_of_each_side() -> None:
    found = compare_columns("plan", "string", ["a", "b", None, "d"], ["a", "x", "c", None])
    assert (found.different, found.missing_online, found.missing_offline, found.stability) == (3, 1, 1, None)


def test_nan_equals_nan_in_lists_too() -> None:
    nan = math.nan
    assert compare_columns("x", "list<double>", [[nan, 1.0]], [[nan, 1.0]]).different == 0
    assert compare_columns("x", "double", [nan], [nan]).different == 0
    assert compare_columns("x", "double", [nan], [None]).different == 1


def test_stability_is_zero_for_the_same_distribution_and_grows_with_the_shift() -> None:
    values = [float(n) for n in range(1_000)]
    same = population_stability(values, values)
    small, large = (population_stability(values, [v + shift for v in values]) for shift in (50, 500))
    assert same == pytest.approx(0, abs=1e-9)
    assert small is not None
    assert large is not None
    assert 0 < small < 0.25 < large


def test_stability_is_none_without_values() -> None:
    assert population_stability([None, math.nan], [1.0]) is None
    assert population_stability([1.0], []) is None
