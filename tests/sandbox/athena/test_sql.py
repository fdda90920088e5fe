"""Semantics of Athena's SQL in the sandbox: expressions, and the values that AWS returns."""

import pytest

from tests.support.athena_client import Athena

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]

_EXPRESSIONS = [
    # Numbers
    ("7 / 2", "3"),
    ("-7 / 2", "-3"),
    ("7e0 / 2", "3.5"),
    ("1.0 / 3", "0.3"),
    ("7 % 3", "1"),
    ("cast(2.5e0 AS integer)", "3"),
    ("cast(-2.5e0 AS bigint)", "-3"),
    ("cast(1.6 AS integer)", "2"),
    ("round(2.5e0)", "3.0"),
    ("try_cast('x' AS integer)", None),
    ("try(1 / 0)", None),
    ("1e10", "1.0E10"),
    ("1.50", "1.50"),
    ("cast(2.5 AS decimal)", "3"),
    ("cast('1.5' AS decimal(10, 2))", "1.50"),
    ("greatest(1, NULL)", None),
    ("random(1, 3) BETWEEN 1 AND 2", "true"),
    ("nan()", "NaN"),
    # Text
    ("'a' || NULL", None),
    ("concat('a', NULL)", None),
    ("concat('a', 'b')", "ab"),
    ("substr('hello', -3)", "llo"),
    ("substr('hello', 0)", ""),
    ("substring('hello' FROM 2 FOR 3)", "ell"),
    ("split_part('a,b', ',', 2)", "b"),
    ("split_part('a,b', ',', 5)", None),
    ("strpos('abc', 'c')", "3"),
    ("lpad('a', 3, 'x')", "xxa"),
    ("regexp_extract('abc', 'x')", None),
    ("regexp_extract('abc123', '([a-z]+)([0-9]+)', 2)", "123"),
    ("regexp_replace('abab', 'b', 'x')", "axax"),
    ("regexp_like('abc', 'b')", "true"),
    ("format('%s-%05d', 'a', 5)", "a-00005"),
    # Dates
    ("DATE '2026-01-31' + INTERVAL '1' MONTH", "2026-02-28"),
    ("date_add('day', 1, DATE '2026-01-01')", "2026-01-02"),
    ("date_trunc('month', DATE '2026-01-15')", "2026-01-01"),
    ("date_trunc('hour', TIMESTAMP '2026-01-15 10:20:30')", "2026-01-15 10:00:00.000"),
    ("date_diff('hour', TIMESTAMP '2026-01-01 00:59:00', TIMESTAMP '2026-01-01 01:01:00')", "0"),
    ("date_diff('day', DATE '2026-01-01', DATE '2026-02-01')", "31"),
    ("day_of_week(DATE '2026-01-04')", "7"),
    ("extract(dow FROM DATE '2026-01-04')", "7"),
    ("date_format(TIMESTAMP '2026-01-15 10:00:00', '%Y-%m-%d %H:%i')", "2026-01-15 10:00"),
    ("format_datetime(TIMESTAMP '2026-01-15 10:00:00', 'yyyy-MM-dd HH:mm')", "2026-01-15 10:00"),
    ("date_parse('2026-01-15', '%Y-%m-%d')", "2026-01-15 00:00:00.000"),
    ("from_unixtime(0)", "1970-01-01 00:00:00.000 UTC"),
    ("to_unixtime(TIMESTAMP '1970-01-01 00:00:01')", "1.0"),
    ("from_iso8601_timestamp('2026-01-01T00:00:00Z')", "2026-01-01 00:00:00.000 UTC"),
    ("date(TIMESTAMP '2026-06-30 23:30:00 UTC' AT TIME ZONE 'Europe/Berlin')", "2026-07-01"),
    ("date(TIMESTAMP '2026-06-30 23:30:00' AT TIME ZONE 'Europe/Berlin')", "2026-07-01"),
    ("last_day_of_month(DATE '2026-02-01')", "2026-02-28"),
    # Arrays, maps, rows, JSON
    ("ARRAY[1, 2, 3][1]", "1"),
    ("element_at(ARRAY[1, 2], 5)", None),
    ("array_position(ARRAY[1], 5)", "0"),
    ("cardinality(ARRAY[1, 2])", "2"),
    ("transform(ARRAY[1, 2], x -> x + 1)", "[2, 3]"),
    ("filter(ARRAY[1, 2], x -> x > 1)", "[2]"),
    ("reduce(ARRAY[1, 2], 0, (s, x) -> s + x, s -> s)", "3"),
    ("ARRAY['x', NULL]", "[x, null]"),
    ("MAP(ARRAY['a'], ARRAY[1])", "{a=1}"),
    ("MAP(ARRAY['a'], ARRAY[1])['a']", "1"),
    ("CAST(ROW(1, 2) AS ROW(x integer, y double))", "{x=1, y=2.0}"),
    ("CAST(ROW(1, 'a') AS ROW(x integer, y varchar)).y", "a"),
    ("json_extract_scalar('{\"a\": {\"b\": 5}}', '$.a.b')", "5"),
    ("json_extract_scalar('{}', '$.a')", None),
    ("NULL", None),
    ("''", ""),
    ("true", "true"),
]


def test_expressions_have_trino_s_values(athena: Athena) -> None:
    """In one query, so that the list may grow; each value is compared on its own."""
    columns = ", ".join(f"{sql} AS c{position}" for position, (sql, _) in enumerate(_EXPRESSIONS))
    _, values = athena.rows(f"SELECT {columns}")
    found = [(sql, value) for (sql, _), value in zip(_EXPRESSIONS, values, strict=True)]
    assert found == _EXPRESSIONS


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT x FROM (VALUES 1, NULL, 2) t(x) ORDER BY x", [["x"], ["1"], ["2"], [None]]),
        ("SELECT x FROM (VALUES 1, NULL, 2) t(x) ORDER BY x DESC", [["x"], ["2"], ["1"], [None]]),
        ("SELECT 1, 2 AS two, upper('a')", [["_col0", "two", "_col2"], ["1", "2", "A"]]),
        ("SELECT *, 3 FROM (VALUES (1, 2)) t(A, b)", [["a", "b", "_col2"], ["1", "2", "3"]]),
        (
            "SELECT sum(x), avg(x), sum(x) / count(*), every(x > 0), count_if(x > 1), max_by(x, y) "
            "FROM (VALUES (1, 5), (2, 4)) t(x, y)",
            [["_col0", "_col1", "_col2", "_col3", "_col4", "_col5"], ["3", "1.5", "1", "true", "1", "1"]],
        ),
        (
            "SELECT t.a, u.e, u.n FROM (VALUES (1, ARRAY['x', 'y'])) t(a, b) "
            "CROSS JOIN UNNEST(b) WITH ORDINALITY AS u(e, n) ORDER BY u.n",
            [["a", "e", "n"], ["1", "x", "1"], ["1", "y", "2"]],
        ),
        (
            "SELECT k, sum(v) s FROM (VALUES ('a', 1), ('b', 2)) t(k, v) GROUP BY ROLLUP(k) ORDER BY k",
            [["k", "s"], ["a", "1"], ["b", "2"], [None, "3"]],
        ),
        (
            "WITH a AS (SELECT 1 x UNION ALL SELECT 2) SELECT x, lag(x) OVER (ORDER BY x) p FROM a ORDER BY 1",
            [["x", "p"], ["1", None], ["2", "1"]],
        ),
        ("SELECT CAST(ROW(1) AS ROW(x integer)).x", [["x"], ["1"]]),
        ("VALUES 1, 2", [["_col0"], ["1"], ["2"]]),
        ("SELECT x FROM (VALUES 1, 2, 3) t(x) ORDER BY x OFFSET 1 LIMIT 1", [["x"], ["2"]]),
    ],
)
def test_queries_have_trino_s_rows(athena: Athena, sql: str, rows: list[list[str | None]]) -> None:
    assert athena.rows(sql) == rows


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT 1 / 0", "DIVISION_BY_ZERO: Division by zero"),
        ("SELECT cast('a' AS integer)", "INVALID_CAST_ARGUMENT: Cannot cast 'a' to integer"),
        (
            "SELECT nosuch FROM (VALUES 1) t(x)",
            "COLUMN_NOT_FOUND: line 1:8: Column 'nosuch' cannot be resolved",
        ),
        ("SELECT\n nosuch(1)", "FUNCTION_NOT_FOUND: line 2:2: Function 'nosuch' not registered"),
        ("SELECT sum(9223372036854775807) FROM (VALUES 1, 2) t(x)", "NUMERIC_VALUE_OUT_OF_RANGE"),
        ("SELECT (SELECT x FROM (VALUES 1, 2) t(x))", "SUBQUERY_MULTIPLE_ROWS"),
        ("SELECT * FROM nosuch", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog."),
        ("SELECT * FROM nosuch.t", "SCHEMA_NOT_FOUND: Schema 'nosuch' does not exist"),
        ("SELECT * FROM other.nosuch.t", "CATALOG_NOT_FOUND: Catalog 'other' not found"),
    ],
)
def test_fails_with_trinos_message_and_position(athena: Athena, sql: str, reason: str) -> None:
    assert athena.failure(sql).startswith(reason)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT typeof(1)",
        "SELECT CAST('1.5' AS decimal)",
        "SELECT approx_set(x) FROM (VALUES 1) t(x)",
        "SELECT format_datetime(now(), 'xx')",
        "SELECT INTERVAL '1' DAY",
        "EXPLAIN ANALYZE SELECT 1",
        "SHOW CREATE TABLE t",
    ],
)
def test_unsupported_features_fail_with_a_message(athena: Athena, sql: str) -> None:
    reason = athena.failure(sql)
    assert reason.startswith("NOT_SUPPORTED: ")
    assert "sandbox" in reason


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        'SELECT * FROM "/etc/passwd"',
        "SELECT * FROM sniff_csv('/etc/passwd')",
    ],
)
def test_a_query_does_not_see_this_machine_s_files(athena: Athena, sql: str) -> None:
    assert athena.failure(sql).startswith(("FUNCTION_NOT_FOUND", "TABLE_NOT_FOUND"))
