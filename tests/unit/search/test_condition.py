"""Conditions as expressions, and the SQL they become."""

from collections.abc import Callable

import pytest
from sqlalchemy.dialects import postgresql

from terrarium.search import Condition, dataset, metric, param, started, tag
from terrarium.search.errors import ComparisonError
from terrarium.search.sql import ChosenRuns


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: (metric("a") > 1) and (metric("b") > 1),
        lambda: not tag("broken"),
        lambda: 0 < metric("a") < 1,
        lambda: metric("a") > 1 & metric("b") > 1,  # type: ignore[operator] # the parentheses are missing
    ],
)
def test_what_python_would_decide_on_the_spot_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(TypeError):
        wrong()


@pytest.mark.parametrize(
    "condition",
    [
        metric("'; DROP TABLE runs; --") > 1,
        param("'; DROP TABLE runs; --") == "x",
        tag("x") == "'; DROP TABLE runs; --",
        tag("x").like("'; DROP TABLE runs; --"),
        dataset("'; DROP TABLE runs; --"),
    ],
)
def test_names_and_values_are_never_part_of_the_sql(condition: Condition) -> None:
    compiled = ChosenRuns(where=condition).ids().compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call] # SQLAlchemy's
    assert "DROP" not in str(compiled)
    assert any("DROP" in str(value) for value in compiled.params.values())


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (metric("a") == "high", "a number"),
        (started.like("2026*"), "=="),
        (started > "yesterday", "2026-01-31"),
        (started > 5, "datetime"),
    ],
)
def test_a_comparison_that_makes_no_sense_says_what_would(condition: Condition, wanted: str) -> None:
    with pytest.raises(ComparisonError) as error:
        ChosenRuns(where=condition).ids()
    assert wanted in error.value.remedy


def test_runs_are_not_ranked_by_what_they_may_have_several_of() -> None:
    with pytest.raises(ComparisonError, match=r"datasets\.telco"):
        ChosenRuns(order_by=(dataset("telco").ascending(),)).ids()
