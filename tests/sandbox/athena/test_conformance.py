"""Values of Athena in the sandbox equal those of Trino's documentation, for every function."""

from collections.abc import Iterator, Sequence
from types import ModuleType

import pytest

from tests.sandbox.athena.conformance import FAMILIES
from tests.support.athena_client import Athena

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]

_BATCH = 40
_LEAST_EXPRESSIONS = 400
_IDS = [family.__name__.rpartition(".")[2] for family in FAMILIES]


def _batches(family: ModuleType) -> Iterator[Sequence[tuple[str, str | None]]]:
    cases = family.CASES
    return (cases[begin : begin + _BATCH] for begin in range(0, len(cases), _BATCH))


def _values(athena: Athena, expressions: Sequence[str]) -> list[str | None]:
    """Values of expressions, asked for in one query; if that fails, one by one, so that the failure has a name."""
    query = f"SELECT {', '.join(f'{sql} AS c{position}' for position, sql in enumerate(expressions))}"
    execution = athena.wait(athena.start(query))
    if execution["Status"]["State"] == "SUCCEEDED":
        return athena.rows_of(execution["QueryExecutionId"])[1]
    values: list[str | None] = []
    for sql in expressions:
        alone = athena.wait(athena.start(f"SELECT {sql}"))
        succeeded = alone["Status"]["State"] == "SUCCEEDED"
        values.append(
            athena.rows_of(alone["QueryExecutionId"])[1][0]
            if succeeded
            else alone["Status"]["StateChangeReason"]
        )
    return values


@pytest.mark.parametrize("family", FAMILIES, ids=_IDS)
def test_expressions_have_the_values_of_trino_s_documentation(athena: Athena, family: ModuleType) -> None:
    found = [
        (sql, value)
        for batch in _batches(family)
        for (sql, _), value in zip(batch, _values(athena, [sql for sql, _ in batch]), strict=True)
    ]
    assert found == family.CASES


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES, ids=_IDS)
def test_expressions_fail_with_trino_s_errors(athena: Athena, family: ModuleType) -> None:
    reasons = [(sql, athena.failure(f"SELECT {sql}"), start) for sql, start in family.FAILURES]
    assert [case for case in reasons if not case[1].startswith(case[2])] == []


def test_the_set_is_large_and_without_repetitions() -> None:
    expressions = [sql for family in FAMILIES for sql, _ in [*family.CASES, *family.FAILURES]]
    assert len(expressions) >= _LEAST_EXPRESSIONS
    assert len(set(expressions)) == len(expressions)
