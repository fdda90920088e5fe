"""Parsing of statements before they are queued: kind, parameters, errors."""

import pytest
from sqlglot import exp

from terrarium_sandbox.athena.parsing import parse
from terrarium_sandbox.athena.task import QueryFailure


@pytest.mark.parametrize(
    ("sql", "kind", "name"),
    [
        ("SELECT 1", "DML", "SELECT"),
        ("-- why\n/* and how */ WITH a AS (SELECT 1) SELECT * FROM a;", "DML", "SELECT"),
        ("VALUES 1, 2", "DML", "SELECT"),
        ("(SELECT 1) UNION ALL (SELECT 2)", "DML", "SELECT"),
        ("INSERT INTO t VALUES (1)", "DML", "INSERT"),
        ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "DML", "MERGE"),
        ("UNLOAD (SELECT 1) TO 's3://b/p/' WITH (format='PARQUET')", "DML", "UNLOAD"),
        ("CREATE TABLE t WITH (format='PARQUET') AS SELECT 1 AS a", "DDL", "CREATE_TABLE_AS_SELECT"),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/'", "DDL", "CREATE_TABLE"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1 a", "DDL", "CREATE_VIEW"),
        ("DROP TABLE IF EXISTS t", "DDL", "DROP_TABLE"),
        ("ALTER TABLE t ADD COLUMNS (a int)", "DDL", "ALTER_TABLE"),
        ("MSCK REPAIR TABLE t", "DDL", "MSCK_REPAIR_TABLE"),
        ("DESCRIBE t", "UTILITY", "DESCRIBE"),
        ("SHOW TABLES", "UTILITY", "SHOW"),
        ("EXPLAIN SELECT 1", "UTILITY", "EXPLAIN"),
    ],
)
def test_a_statement_is_of_its_kind(sql: str, kind: str, name: str) -> None:
    statement = parse(sql)
    assert (statement.kind, statement.name) == (kind, name)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT 1 FROM", "line 1:"),
        ("SELECT 1\n  FROM WHERE x", "line 2:"),
        ("SELECT 1; SELECT 2", "Only one sql statement"),
        ("", "Only one sql statement"),
        ("OPTIMIZE t REWRITE DATA USING BIN_PACK", "not supported"),
    ],
)
def test_refuses_invalid_statements_with_the_position(sql: str, message: str) -> None:
    with pytest.raises(QueryFailure, match=message):
        parse(sql)


def test_parameters_take_the_places_of_question_marks_in_order() -> None:
    tree = parse("SELECT ? AS a, b FROM t WHERE c = ? AND d > ?", ["1", "'it''s'", "DATE '2026-01-01'"]).tree
    assert tree is not None
    literals = [literal.this for literal in tree.find_all(exp.Literal, bfs=False)]
    assert literals == ["1", "it's", "2026-01-01"]


def test_a_question_mark_in_text_is_no_parameter() -> None:
    assert parse("SELECT 'what?'").name == "SELECT"


@pytest.mark.parametrize("parameters", [[], ["1", "2"]])
def test_the_number_of_parameters_must_fit(parameters: list[str]) -> None:
    with pytest.raises(QueryFailure, match=f"expected 1 but found {len(parameters)}"):
        parse("SELECT ?", parameters)


@pytest.mark.parametrize("parameter", ["bare", "1 OR (SELECT 1)", "x)", "(SELECT 1)"])
def test_a_parameter_is_a_literal_and_never_more_sql(parameter: str) -> None:
    with pytest.raises(QueryFailure, match="is not an SQL literal"):
        parse("SELECT ?", [parameter])
