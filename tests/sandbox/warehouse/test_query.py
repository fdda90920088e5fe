"""`lab.warehouse.query`: SQL in, Arrow out, and errors with a remedy."""

import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

import terrarium
from terrarium.warehouse import QueryCancelledError, QueryFailedError, QueryParameterError, QueryTimeoutError
from tests.support.athena_client import Athena

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]

_ENDLESS = (
    "SELECT sum(a.x * b.x) AS s FROM UNNEST(sequence(1, 1000000)) a(x) "
    "CROSS JOIN UNNEST(sequence(1, 1000000)) b(x) WHERE (a.x * b.x) % 7 = 3"
)


def test_athena_reads_rows_of_pyiceberg_with_their_types(lab: terrarium.Lab, table: str) -> None:
    warehouse = lab.warehouse
    rows = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "small": pa.array([1, None], pa.int32()),
            "name": pa.array(["", None], pa.string()),
            "price": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
            "share": pa.array([0.1, 1e300], pa.float64()),
            "born": pa.array([date(2026, 1, 31), None], pa.date32()),
            "seen": pa.array([datetime(2026, 1, 1, 10, 0, 0, 1), None], pa.timestamp("us")),
            "moment": pa.array([datetime(2026, 1, 1, tzinfo=UTC), None], pa.timestamp("us", tz="UTC")),
            "good": pa.array([True, None], pa.bool_()),
            "blob": pa.array([b"A", None], pa.binary()),
        }
    )
    warehouse.catalog.create_table((warehouse.database, table), rows.schema).append(rows)
    assert warehouse.query(f"SELECT * FROM {table} ORDER BY id").equals(rows)


def test_parameters_are_passed_apart_from_the_statement(lab: terrarium.Lab) -> None:
    values = ["it's", 5, 2.5, True, None, date(2026, 1, 31), datetime(2026, 1, 31, 10)]
    found = lab.warehouse.query("SELECT ?, ?, ?, ?, ?, ?, ?", parameters=values)
    assert [column[0].as_py() for column in found.columns] == values


def test_a_parameter_that_athena_does_not_take_is_refused_before_the_query(lab: terrarium.Lab) -> None:
    longest = "x" * 1022
    assert lab.warehouse.query("SELECT ? AS v", parameters=[longest])["v"].to_pylist() == [longest]
    with pytest.raises(QueryParameterError, match=r"parameter 2 .* 1,025 characters"):
        lab.warehouse.query("SELECT ?, ?", parameters=["x", "x" * 1023])


def test_a_write_returns_the_number_of_rows(lab: terrarium.Lab, table: str, location: str) -> None:
    warehouse = lab.warehouse
    made = warehouse.query(
        f"CREATE TABLE {table} (id bigint) LOCATION '{location}' TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    assert made.num_rows == 0
    assert warehouse.query(f"INSERT INTO {table} VALUES (1), (2)").to_pylist() == [{"rows": 2}]
    assert warehouse.query(f"SHOW TABLES LIKE '{table}'").to_pylist() == [{"tab_name": table}]
    assert warehouse.query(f"DESCRIBE {table}").to_pylist() == [
        {"col_name": "id", "data_type": "bigint", "comment": ""}
    ]


@pytest.mark.parametrize(
    ("statement", "count", "left"),
    [
        ("DELETE FROM {table} WHERE id = 1", 1, [2]),
        ("UPDATE {table} SET id = id + 10 WHERE id > 1", 1, [1, 12]),
        (
            "MERGE INTO {table} t USING (VALUES (2, 20), (3, 30)) AS s(id, new) ON t.id = s.id "
            "WHEN MATCHED THEN UPDATE SET id = s.new WHEN NOT MATCHED THEN INSERT (id) VALUES (s.new)",
            2,
            [1, 20, 30],
        ),
    ],
)
def test_a_statement_that_changes_rows_returns_their_number_once(
    lab: terrarium.Lab, table: str, location: str, statement: str, count: int, left: list[int]
) -> None:
    """Athena names a result object for it, and writes none."""
    warehouse = lab.warehouse
    warehouse.query(
        f"CREATE TABLE {table} (id bigint) LOCATION '{location}' TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    warehouse.query(f"INSERT INTO {table} VALUES (1), (2)")
    assert warehouse.query(statement.format(table=table)).to_pylist() == [{"rows": count}]
    assert warehouse.query(f"SELECT id FROM {table} ORDER BY id")["id"].to_pylist() == left


def test_a_statement_that_writes_files_returns_how_many_rows(
    lab: terrarium.Lab, table: str, location: str
) -> None:
    warehouse = lab.warehouse
    rows = "SELECT * FROM (VALUES 1, 2) AS t(id)"
    assert warehouse.query(f"CREATE TABLE {table} AS {rows}").to_pylist() == [{"rows": 2}]
    unloaded = warehouse.query(f"UNLOAD ({rows}) TO '{location}' WITH (format = 'PARQUET')")
    assert unloaded.to_pylist() == [{"rows": 2}]


def test_a_result_without_rows_has_its_columns(lab: terrarium.Lab) -> None:
    rows = lab.warehouse.query("SELECT 1 AS a, 'x' AS b WHERE false")
    assert (rows.num_rows, rows.column_names) == (0, ["a", "b"])


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "SELECT 1,\n  nosuch FROM (VALUES 1) t(x)",
            "COLUMN_NOT_FOUND: line 2:3: .*\n    nosuch FROM .*\n    \\^",
        ),
        ("SELECT 1 FROM WHERE", "mismatched input"),
        ("SELECT ?", "Incorrect number of parameters: expected 1 but found 0"),
    ],
)
def test_an_error_has_reason_and_position(lab: terrarium.Lab, sql: str, message: str) -> None:
    with pytest.raises(QueryFailedError, match=message):
        lab.warehouse.query(sql)


def test_cancels_a_query_at_the_timeout(lab: terrarium.Lab, athena: Athena) -> None:
    with pytest.raises(QueryTimeoutError, match=r"was not finished after 0\.5 seconds, and was cancelled"):
        lab.warehouse.query(_ENDLESS, timeout=0.5)
    (last,) = athena.client.list_query_executions(WorkGroup=athena.workgroup, MaxResults=1)[
        "QueryExecutionIds"
    ]
    assert athena.wait(last)["Status"]["State"] == "CANCELLED"


def test_raises_for_a_query_that_another_user_cancels(lab: terrarium.Lab, athena: Athena) -> None:
    sql = f"{_ENDLESS} AND 'mine' = 'mine'"

    def cancel() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for query_id in athena.client.list_query_executions(WorkGroup=athena.workgroup)[
                "QueryExecutionIds"
            ]:
                found = athena.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
                if found["Query"] == sql:
                    athena.client.stop_query_execution(QueryExecutionId=query_id)
                    return
            time.sleep(0.05)

    other = threading.Thread(target=cancel)
    other.start()
    try:
        with pytest.raises(QueryCancelledError, match="cancelled by user"):
            lab.warehouse.query(sql, timeout=120)
    finally:
        other.join()
