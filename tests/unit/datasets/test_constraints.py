"""Constraints of datasets, and reports about rows that violate them."""

import datetime as dt
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrarium.datasets.constraints import (
    AllowedValues,
    Constraint,
    Fresh,
    Matches,
    NotNull,
    Range,
    References,
    RowCount,
    Unique,
    ValidationReport,
    Violation,
)
from terrarium.datasets.constraints.constraint_checker import ConstraintChecker, check_declarable
from terrarium.datasets.constraints.constraint_types import constraints_of_text, text_of_constraints
from terrarium.datasets.constraints.dataset_checks import ExistingRows
from terrarium.datasets.errors import ConstraintInvalidError, ConstraintsViolatedError, DataRefusedError

NOW = dt.datetime.now(dt.UTC)
MOMENT = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)  # part of names of tests: the same in every process


def checked(
    rows: pa.Table,
    *constraints: Constraint,
    existing: pa.Table | None = None,
    target: pa.Table | None = None,
    chunks: int = 1,
) -> ValidationReport:
    def columns_of_target(reference: References) -> Iterator[pa.Table]:
        assert target is not None
        yield target.select(list(reference.target))

    def columns_of_existing(columns: Sequence[str]) -> Iterator[pa.Table]:
        assert existing is not None
        yield existing.select(list(columns))

    checker = ConstraintChecker("telco.customers", constraints, target=columns_of_target)
    size = max(1, -(-rows.num_rows // chunks))
    for start in range(0, rows.num_rows, size):
        checker.add(rows.slice(start, size))
    return checker.report(
        ExistingRows.none()
        if existing is None
        else ExistingRows(rows=existing.num_rows, chunks=columns_of_existing)
    )


def only(report: ValidationReport) -> Violation:
    (violation,) = report.violations
    return violation


@pytest.mark.parametrize(
    ("constraint", "column", "offending"),
    [
        (NotNull(column="x"), pa.array([1, None, 3]), [None]),
        (Range(column="x", minimum=1, maximum=3), pa.array([0, 1, 3, 4, None]), [0, 4]),
        (Range(column="x", minimum=0), pa.array([0.0, float("inf"), -0.1]), [-0.1]),
        (
            Range(column="x", maximum=dt.date(2026, 1, 1)),
            pa.array([dt.date(2026, 1, 1), dt.date(2026, 1, 2)]),
            ["2026-01-02"],
        ),
        (AllowedValues(column="x", values=("a", "b")), pa.array(["a", "c", None]), ["c"]),
        (AllowedValues(column="x", values=(1, 2)), pa.array([1, 2, 5], pa.int32()), [5]),
        (Matches(column="x", pattern="[A-Z]{2}"), pa.array(["DE", "de", "DEU", None]), ["de", "DEU"]),
        (Matches(column="x", pattern="a|b"), pa.array(["a", "ab"]), ["ab"]),
    ],
    ids=str,
)
def test_counts_and_shows_rows_that_violate_a_constraint(
    constraint: Constraint, column: pa.Array, offending: list[object]
) -> None:
    violation = only(checked(pa.table({"x": column}), constraint))
    assert violation.constraint == str(constraint)
    assert violation.columns == ("x",)
    assert violation.count == len(offending)
    assert [example["x"] for example in violation.examples] == offending


def test_nan_violates_every_range() -> None:
    violation = only(checked(pa.table({"x": [float("nan"), 1.0]}), Range(column="x", minimum=0)))
    assert violation.count == 1


@pytest.mark.parametrize("chunks", [1, 3])
def test_finds_repeated_keys_within_and_across_chunks(chunks: int) -> None:
    rows = pa.table({"id": [1, 2, 1, 3, None, None], "name": list("abcdef")})
    violation = only(checked(rows, Unique(columns=("id",)), chunks=chunks))
    assert (violation.count, violation.examples) == (2, ({"id": 1},))


def test_finds_existing_keys_of_another_integer_width() -> None:
    existing = pa.table({"id": pa.array([3, 4], pa.int32()), "day": pa.array(["a", "b"], pa.large_string())})
    rows = pa.table({"id": [1, 3], "day": ["a", "a"]})
    violation = only(checked(rows, Unique(columns=("id", "day")), existing=existing))
    assert violation.examples == ({"id": 3, "day": "a"},)


@given(st.lists(st.integers(0, 30)), st.lists(st.integers(0, 30), unique=True))
def test_a_key_that_occurs_once_is_unique(new: list[int], existing: list[int]) -> None:
    rows = pa.table({"id": pa.array(new, pa.int64())})
    report = checked(rows, Unique(columns=("id",)), existing=pa.table({"id": pa.array(existing, pa.int64())}))
    assert report.valid == (len({*new, *existing}) == len(new) + len(existing))


def test_counts_rows_whose_reference_does_not_exist() -> None:
    rows = pa.table({"plan": ["s", "m", "x", "x", None]})
    constraint = References(columns="plan", dataset="telco.plans", to_columns="code")
    violation = only(checked(rows, constraint, target=pa.table({"code": ["s", "m", "l"]})))
    assert (violation.count, violation.examples) == (2, ({"plan": "x"},))
    assert violation.constraint == "plan is in code of telco.plans"


@pytest.mark.parametrize(("new", "valid"), [(0, False), (1, True), (3, True), (4, False)])
def test_the_row_count_includes_existing_rows(new: int, valid: bool) -> None:  # noqa: FBT001 - a parameter
    rows, existing = pa.table({"x": list(range(new))}), pa.table({"x": [1, 2]})
    report = checked(rows, RowCount(minimum=3, maximum=5), existing=existing)
    assert report.valid == valid
    assert valid or only(report).count == new + 2


@pytest.mark.parametrize(
    ("new", "existing", "valid"),
    [
        ([NOW], None, True),
        ([NOW - dt.timedelta(days=3)], None, False),
        ([NOW - dt.timedelta(days=3)], [NOW], True),
        ([], None, False),
    ],
    ids=["new", "old", "old beside new", "none"],
)
def test_freshness_is_that_of_the_latest_row(
    new: list[dt.datetime],
    existing: list[dt.datetime] | None,
    valid: bool,  # noqa: FBT001 - a parameter
) -> None:
    kind = pa.timestamp("us", "UTC")
    report = checked(
        pa.table({"at": pa.array(new, kind)}),
        Fresh(column="at", within=dt.timedelta(days=2)),
        existing=None if existing is None else pa.table({"at": pa.array(existing, kind)}),
    )
    assert report.valid == valid


def test_the_error_contains_all_violations() -> None:
    rows = pa.table({"id": [1, None], "age": [200, 30]})
    report = checked(rows, NotNull(column="id"), Range(column="age", maximum=150))
    with pytest.raises(ConstraintsViolatedError) as refused:
        report.raise_for_violations(doing="append to")
    said = str(refused.value)
    assert "cannot append to dataset 'telco.customers': of 2 rows" in said
    assert "id is not null: violated by 1 row\n    id=None, age=30" in said
    assert "age is at most 150: violated by 1 row\n    age=200, id=1" in said


def test_constraints_survive_storage() -> None:
    every: tuple[Constraint, ...] = (
        NotNull(column="a"),
        Unique(columns=("a", "b")),
        Range(column="a", minimum=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), maximum="2027-01-01"),
        Range(column="a", minimum=0, maximum=1.5),
        AllowedValues(column="a", values=("x", "y")),
        AllowedValues(column="a", values=(True, False)),
        Matches(column="a", pattern="x+"),
        RowCount(minimum=1),
        References(columns="a", dataset="telco.plans", snapshot=12),
        Fresh(column="a", within=dt.timedelta(hours=36)),
    )
    assert constraints_of_text(text_of_constraints(every)) == every


def test_refuses_constraints_on_missing_columns() -> None:
    with pytest.raises(DataRefusedError, match="no column 'agee'"):
        check_declarable(
            (Range(column="agee", minimum=0),), pa.schema({"age": pa.int64()}), dataset="telco.customers"
        )


_SCHEMA = pa.schema(
    {
        "n": pa.int64(),
        "s": pa.string(),
        "flag": pa.bool_(),
        "list": pa.list_(pa.int64()),
        "struct": pa.struct({"x": pa.int64()}),
        "naive": pa.timestamp("us"),
        "aware": pa.timestamp("us", "UTC"),
    }
)


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (Unique(columns="list"), "cannot be compared"),
        (Unique(columns=("n", "struct")), "cannot be compared"),
        (References(columns="list", dataset="d"), "cannot be compared"),
        (Range(column="n", minimum=0.5), "0.5 cannot be converted to int64"),
        (Range(column="n", maximum=float("inf")), "inf cannot be converted to int64"),
        (Range(column="n", maximum=2**70), "cannot be converted to int64"),
        (Range(column="flag", minimum=0), "have no order"),
        (Range(column="list", minimum=0), "have no order"),
        (Range(column="naive", minimum=MOMENT), "give a time without a zone"),
        (Range(column="aware", minimum=MOMENT.replace(tzinfo=None)), "give a time with a zone"),
        (AllowedValues(column="n", values=("a",)), "'a' cannot be converted to int64"),
        (Matches(column="n", pattern="a"), "'n' is int64, not text"),
        (Fresh(column="n", within=dt.timedelta(1)), "'n' is int64, not a time"),
    ],
    ids=str,
)
def test_refuses_constraints_that_do_not_suit_the_type_of_a_column(constraint: Constraint, said: str) -> None:
    with pytest.raises(DataRefusedError, match=said):
        check_declarable((constraint,), _SCHEMA, dataset="telco.customers")


def test_accepts_constraints_that_suit_the_type_of_a_column() -> None:
    fitting: tuple[Constraint, ...] = (
        Range(column="aware", minimum=MOMENT),
        Range(column="naive", minimum=MOMENT.replace(tzinfo=None)),
        Range(column="n", minimum=1.0),
        Range(column="s", minimum="a"),
        AllowedValues(column="flag", values=(True,)),
        Matches(column="s", pattern=r"\d+"),
        NotNull(column="list"),
    )
    check_declarable(fitting, _SCHEMA, dataset="telco.customers")


@pytest.mark.parametrize(
    "made",
    [
        lambda: Range(column="a"),
        lambda: Unique(columns=()),
        lambda: Matches(column="a", pattern="("),
        lambda: Matches(column="a", pattern="a(?=b)"),
        lambda: Range(column="a", least=1),  # type: ignore[call-arg]
        lambda: References(columns=("a", "b"), dataset="d", to_columns=("a",)),
    ],
)
def test_refuses_contradictory_constraints(made: object) -> None:
    with pytest.raises(ConstraintInvalidError, match="is not well defined"):
        made()  # type: ignore[operator] # one of the lambdas above
