"""UNNEST, and other relations; each row of the result as one array."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "sql/select.html (UNNEST, GROUP BY, OFFSET, LIMIT)"


def _rows(query: str, columns: str) -> str:
    return f"(SELECT array_agg(row({columns}) ORDER BY {columns}) FROM ({query}))"


CASES = [
    (_rows("SELECT * FROM UNNEST(ARRAY[1, 2]) AS t(x)", "x"), "[{field0=1}, {field0=2}]"),
    (_rows("SELECT * FROM UNNEST(ARRAY[1, 2]) WITH ORDINALITY AS t(x, n)", "x, n"),
     "[{field0=1, field1=1}, {field0=2, field1=2}]"),
    (_rows("SELECT * FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) AS t(k, v)", "k, v"),
     "[{field0=a, field1=1}, {field0=b, field1=2}]"),
    (_rows("SELECT * FROM UNNEST(MAP(ARRAY['a'], ARRAY[1])) WITH ORDINALITY AS t(k, v, n)", "k, v, n"),
     "[{field0=a, field1=1, field2=1}]"),
    (_rows("SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['a']) AS t(x, y)", "x, y"),
     "[{field0=1, field1=a}, {field0=2, field1=null}]"),
    (_rows("SELECT * FROM UNNEST(ARRAY[ROW(1, 'a'), ROW(2, 'b')]) AS t(x, y)", "x, y"),
     "[{field0=1, field1=a}, {field0=2, field1=b}]"),
    (_rows("SELECT n, e FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY[])) t(n, a) CROSS JOIN UNNEST(a) AS u(e)",
           "n, e"),
     "[{field0=1, field1=x}, {field0=1, field1=y}]"),
    (_rows("SELECT n, e FROM (VALUES (1, ARRAY['x']), (2, ARRAY[]), (3, NULL)) t(n, a) "
           "LEFT JOIN UNNEST(a) AS u(e) ON true", "n, e"),
     "[{field0=1, field1=x}, {field0=2, field1=null}, {field0=3, field1=null}]"),
    (_rows("SELECT n, k, v FROM (VALUES (1, MAP(ARRAY['a'], ARRAY[5]))) t(n, m) CROSS JOIN UNNEST(m) AS u(k, v)",
           "n, k, v"),
     "[{field0=1, field1=a, field2=5}]"),
    ("(SELECT array_agg(x ORDER BY x) FROM (SELECT x FROM (VALUES 3, 1, 2) t(x) ORDER BY x OFFSET 1 LIMIT 1))", "[2]"),
    (_rows("SELECT k, sum(v) s FROM (VALUES ('a', 1), ('b', 2)) t(k, v) GROUP BY GROUPING SETS ((k), ())", "k, s"),
     "[{field0=a, field1=1}, {field0=b, field1=2}, {field0=null, field1=3}]"),
    (_rows("SELECT k, grouping(k) g FROM (VALUES ('a', 1)) t(k, v) GROUP BY ROLLUP (k)", "k, g"),
     "[{field0=a, field1=0}, {field0=null, field1=1}]"),
    (_rows("SELECT x FROM (VALUES 1, 2) t(x) EXCEPT SELECT 1", "x"), "[{field0=2}]"),
    (_rows("SELECT x FROM (VALUES 1, 2) t(x) INTERSECT SELECT 1", "x"), "[{field0=1}]"),
    ("(SELECT a.b.c FROM (SELECT CAST(ROW(CAST(ROW(5) AS ROW(c integer))) AS ROW(b ROW(c integer))) a))", "5"),
]  # fmt: skip

FAILURES = [
    ("(SELECT x FROM UNNEST(5) AS t(x))", "TYPE_MISMATCH"),
    ("(SELECT x FROM UNNEST(ARRAY[1]) AS t(x, y))", "MISMATCHED_COLUMN_ALIASES"),
    ("(SELECT x FROM (VALUES 1) t(x) FETCH FIRST 1 ROW WITH TIES)", "NOT_SUPPORTED"),
]
