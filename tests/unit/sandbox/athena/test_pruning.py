"""Pruning of columns and rows: it never omits a column or row that a query needs."""

from datetime import date
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from terrarium_sandbox.athena.pruning import needed_columns, predicates_on
from terrarium_sandbox.athena.sql_dialect import AthenaSql

_COLUMNS = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT a FROM t WHERE C > 1", ["a", "c"]),
        ("SELECT * FROM t", _COLUMNS),
        ("SELECT t.* FROM t", _COLUMNS),
        ("SELECT count(*) FROM t", ["a"]),
        ("SELECT count(*), max(b) FROM t", ["b"]),
        ("SELECT x FROM t JOIN s USING (b)", ["b"]),
        ("SELECT x FROM t NATURAL JOIN s", _COLUMNS),
        ("SELECT x FROM (SELECT a AS x FROM t)", ["a"]),
    ],
)
def test_columns(sql: str, columns: list[str]) -> None:
    assert needed_columns(sqlglot.parse_one(sql, read=AthenaSql), _COLUMNS) == columns


@pytest.mark.parametrize(
    ("where", "predicates"),
    [
        ("a = 1", [("a", "=", (1,))]),
        ("1 < a AND b = 'x'", [("a", ">", (1,)), ("b", "=", ("x",))]),
        ("a BETWEEN 1 AND 5", [("a", ">=", (1,)), ("a", "<=", (5,))]),
        ("a IN (1, -2)", [("a", "in", (1, -2))]),
        ("c >= DATE '2026-01-01'", [("c", ">=", (date(2026, 1, 1),))]),
        ("(a = 1 OR b = 'x') AND (c < DATE '2026-01-01')", [("c", "<", (date(2026, 1, 1),))]),
        ("a IS NULL", []),
        ("NOT a = 1", []),
        ("a = b", []),
        ("a + 1 = 2", []),
        ("a IN (SELECT 1)", []),
        ("lower(b) = 'x'", []),
        ("a = 1.5", []),
    ],
)
def test_rows(where: str, predicates: list[tuple[str, str, tuple[Any, ...]]]) -> None:
    assert _predicates(f"SELECT * FROM t WHERE {where}") == predicates


def test_a_column_without_a_table_is_nobody_s_where_tables_are_joined() -> None:
    assert _predicates("SELECT * FROM t JOIN s ON t.a = s.a WHERE b = 1 AND t.c = 2") == [("c", "=", (2,))]


def test_join_conditions_are_not_predicates() -> None:
    assert _predicates("SELECT * FROM t LEFT JOIN s ON t.a = 5") == []


def _predicates(sql: str) -> list[tuple[str, str, tuple[Any, ...]]]:
    tree = sqlglot.parse_one(sql, read=AthenaSql)
    table = next(table for table in tree.find_all(exp.Table) if table.name == "t")
    return [(one.column, one.operator, one.values) for one in predicates_on(table, _COLUMNS)]
