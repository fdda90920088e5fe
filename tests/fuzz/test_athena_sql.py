"""The sandbox's Athena answers every statement with SQL for its engine or with a failure of the query."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from terrarium_sandbox.athena.parsing import parse
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation import translate
from tests.fuzz.inputs import pieces, spoilt

_FEW, _MANY = 150, 20_000
# fmt: off
_SQL = [
    "SELECT", "FROM", "WHERE", "GROUP", "BY", "HAVING", "ORDER", "LIMIT", "WITH", "AS", "UNION", "ALL",
    "JOIN", "ON", "CASE", "WHEN", "THEN", "ELSE", "END", "CAST(", "TRY(", "(", ")", "[", "]", ",", ".",
    "'text'", '"name"', "`t`", "1", "-1", "1.5e400", "NULL", "TRUE", "DATE", "TIMESTAMP", "INTERVAL",
    "'1'", "DAY", "ARRAY[1]", "MAP(", "ROW(", "::", "->", "=>", "||", "%", "*", "/", "?", "@", "#", "--",
    "/*", "*/", ";", "at_timezone(", "with_timezone(", "every(", "format_datetime(", "split_part(",
    "date_diff(", "regexp_extract(", "reduce(", "UNNEST(", "INSERT", "INTO", "CREATE", "TABLE", "t",
    "UPDATE", "SET", "DELETE", "MERGE", "DROP", "ALTER", "SHOW", "DESCRIBE", "MSCK", "REPAIR", "EXPLAIN",
    "PREPARE", "EXECUTE", "VALUES",
]
# fmt: on
_CRASHES = [
    "SELECT AT_TIMEZONE()",
    "SELECT EVERY()",
    "SELECT FORMAT_DATETIME(a)",
    "SELECT WITH_TIMEZONE(1)",
    "SELECT 1 FROM@R",
    "SELECT split_part('a', 'b')",
    "SELECT a AS \ud800",
    "SELECT " + "(" * 3_000 + "1" + ")" * 3_000,
    "SELECT " + "NOT " * 3_000 + "true",
    "SELECT " + "ARRAY[" * 40 + "1" + "]" * 40,
    "SELECT " + "row (" * 40,
]
_STATEMENTS = st.one_of(
    pieces(_SQL),
    pieces(_SQL).map("SELECT {}".format),
    spoilt(
        "SELECT a, count(*) FROM t JOIN u ON t.a = u.a WHERE CAST(b AS varchar(2)) LIKE 'x%' GROUP BY a", _SQL
    ),
)


class _NoTypes:
    """An engine that tells no types: translating takes long enough without one."""

    def observed_types(self, sql: str) -> tuple[Mapping[str, str], QueryFailure | None]:  # noqa: ARG002 - never bound
        return {}, None


def _translated(sql: str) -> None:
    try:
        tree = parse(sql).tree
        if isinstance(tree, exp.Query):
            translate(tree, _NoTypes())
    except QueryFailure:
        pass


@pytest.mark.parametrize("sql", _CRASHES, ids=range(len(_CRASHES)))
def test_what_once_crashed_the_translation_fails_the_query(sql: str) -> None:
    _translated(sql)


@pytest.mark.parametrize("examples", [_FEW, pytest.param(_MANY, marks=pytest.mark.slow)])
def test_any_statement_is_translated_or_fails(examples: int) -> None:
    settings(max_examples=examples, derandomize=True, database=None)(given(_STATEMENTS)(_translated))()
