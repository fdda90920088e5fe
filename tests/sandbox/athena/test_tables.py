"""Hive and Iceberg tables in Athena: creation, writes, changes, time travel."""

from datetime import UTC, datetime

import boto3
import pyarrow as pa
import pytest

import terrarium
from tests.support.athena_client import Athena

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]


def _put(location: str, name: str, content: str) -> None:
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}{name}", Body=content.encode())


@pytest.fixture
def iceberg(athena: Athena, table: str, location: str) -> str:
    """An Iceberg table with two rows."""
    athena.run(
        f"CREATE TABLE {table} (id bigint, name string, at timestamp, price decimal(10, 2)) "
        f"PARTITIONED BY (day(at), bucket(4, id)) LOCATION '{location}' TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    athena.run(
        f"INSERT INTO {table} VALUES (1, 'one', TIMESTAMP '2026-01-01 10:00:00', 1.5), "
        "(2, NULL, TIMESTAMP '2026-01-02 10:00:00.000001', NULL)"
    )
    return table


def test_an_iceberg_table_is_made_and_filled(athena: Athena, iceberg: str) -> None:
    assert athena.rows(f"SELECT * FROM {iceberg} ORDER BY id") == [
        ["id", "name", "at", "price"],
        ["1", "one", "2026-01-01 10:00:00.000", "1.50"],
        ["2", None, "2026-01-02 10:00:00.000001", None],
    ]


def test_only_the_partitions_and_columns_that_a_query_needs_are_read(athena: Athena, iceberg: str) -> None:
    def scanned(sql: str) -> int:
        return int(athena.run(sql)["Statistics"]["DataScannedInBytes"])

    everything = scanned(f"SELECT * FROM {iceberg}")
    one_column = scanned(f"SELECT name FROM {iceberg}")
    one_day = scanned(f"SELECT * FROM {iceberg} WHERE at >= TIMESTAMP '2026-01-02 00:00:00'")
    assert 0 < one_column < everything
    assert 0 < one_day < everything
    assert scanned(f"SELECT * FROM {iceberg} WHERE at >= TIMESTAMP '2030-01-01 00:00:00'") == 0


def test_columns_that_are_left_out_are_null(athena: Athena, iceberg: str) -> None:
    athena.run(f"INSERT INTO {iceberg} (name, id) VALUES ('three', 3)")
    assert athena.rows(f"SELECT * FROM {iceberg} WHERE id = 3")[1:] == [["3", "three", None, None]]


def test_rows_of_other_types_are_not_inserted(athena: Athena, iceberg: str) -> None:
    reason = athena.failure(f"INSERT INTO {iceberg} (id) VALUES ('a')")
    assert (
        reason == "TYPE_MISMATCH: Insert query has mismatched column types: Table: [bigint], Query: [varchar]"
    )


def test_rows_are_updated_deleted_and_merged(athena: Athena, iceberg: str) -> None:
    update = athena.run(
        f"UPDATE {iceberg} SET name = 'two', price = coalesce(price, 0) + 1 WHERE name IS NULL"
    )
    assert athena.client.get_query_results(QueryExecutionId=update["QueryExecutionId"])["UpdateCount"] == 1
    athena.run(f"DELETE FROM {iceberg} WHERE id IN (SELECT 1)")
    athena.run(
        f"MERGE INTO {iceberg} t USING (VALUES (2, 'zwei'), (3, 'drei')) s(id, name) ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET name = s.name "
        "WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"
    )
    assert athena.rows(f"SELECT id, name, price FROM {iceberg} ORDER BY id")[1:] == [
        ["2", "zwei", "1.00"],
        ["3", "drei", None],
    ]


def test_a_table_is_read_as_of_a_snapshot_a_tag_and_a_moment(
    athena: Athena, iceberg: str, lab: terrarium.Lab
) -> None:
    table = lab.warehouse.catalog.load_table((athena.database, iceberg))
    snapshot = table.current_snapshot()
    assert snapshot is not None
    table.manage_snapshots().create_tag(snapshot.snapshot_id, "first").commit()
    athena.run(f"DELETE FROM {iceberg}")
    moment = datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    for version in (
        f"VERSION AS OF {snapshot.snapshot_id}",
        "VERSION AS OF 'first'",
        f"TIMESTAMP AS OF TIMESTAMP '{moment}'",
    ):
        assert athena.rows(f"SELECT count(*) FROM {iceberg} FOR {version}")[1:] == [["2"]]
    assert athena.rows(f"SELECT count(*) FROM {iceberg}")[1:] == [["0"]]
    assert "No version history" in athena.failure(
        f"SELECT * FROM {iceberg} FOR TIMESTAMP AS OF TIMESTAMP '2020-01-01 00:00:00 UTC'"
    )


def test_metadata_tables_can_be_queried(athena: Athena, iceberg: str) -> None:
    assert athena.rows(f'SELECT operation FROM "{iceberg}$snapshots"')[1:] == [["append"]]
    assert athena.rows(f'SELECT sum(record_count) FROM "{iceberg}$files"')[1:] == [["2"]]
    assert athena.rows(f'SELECT is_current_ancestor FROM "{iceberg}$history"')[1:] == [["true"]]
    assert athena.rows(f'SELECT name, type FROM "{iceberg}$refs"')[1:] == [["main", "BRANCH"]]
    assert athena.rows(f'SELECT count(*) FROM "{iceberg}$partitions"')[1:] == [["2"]]


def test_a_schema_evolves_and_old_rows_follow(athena: Athena, iceberg: str) -> None:
    athena.run(f"ALTER TABLE {iceberg} ADD COLUMNS (extra int)")
    athena.run(f"ALTER TABLE {iceberg} CHANGE COLUMN name title string")
    athena.run(f"ALTER TABLE {iceberg} DROP COLUMN price")
    assert athena.rows(f"SELECT * FROM {iceberg} WHERE id = 1") == [
        ["id", "title", "at", "extra"],
        ["1", "one", "2026-01-01 10:00:00.000", None],
    ]
    described = [line.split() for (line,) in athena.rows(f"DESCRIBE {iceberg}") if line]
    assert described == [["id", "bigint"], ["title", "string"], ["at", "timestamp"], ["extra", "int"]]


def test_pyiceberg_and_athena_see_one_table(athena: Athena, table: str, lab: terrarium.Lab) -> None:
    """One engine reads what the other writes, nested types included."""
    rows = pa.table(
        {
            "tags": pa.array([["a", "b"], []], pa.list_(pa.string())),
            "place": pa.array([{"x": 1.5}, None], pa.struct([("x", pa.float64())])),
            "seen": pa.array([0, None], pa.timestamp("us", tz="UTC")),
        }
    )
    made = lab.warehouse.catalog.create_table((athena.database, table), rows.schema)
    made.append(rows)
    assert athena.rows(f"SELECT tags, place, seen, place.x AS x FROM {table}")[1:] == [
        ["[a, b]", "{x=1.5}", "1970-01-01 00:00:00.000 UTC", "1.5"],
        ["[]", None, None, None],
    ]
    athena.run(f"INSERT INTO {table} SELECT ARRAY['c'], CAST(ROW(2.5) AS ROW(x double)), NULL")
    assert made.refresh().scan().to_arrow().num_rows == 3


def test_a_query_s_rows_become_an_iceberg_table(athena: Athena, table: str, location: str) -> None:
    athena.run(
        f"CREATE TABLE {table} WITH (table_type = 'ICEBERG', is_external = false, location = '{location}', "
        "partitioning = ARRAY['bucket(id, 4)']) AS SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t(id, name)"
    )
    assert athena.rows(f"SELECT * FROM {table} ORDER BY id")[1:] == [["1", "a"], ["2", "b"]]


def test_a_query_s_rows_become_partitions_of_parquet(athena: Athena, table: str, location: str) -> None:
    """The workgroup leaves the location to the query: one that enforces its own refuses external_location."""
    open_workgroup = f"open-{table.replace('_', '-')}"
    athena.client.create_work_group(
        Name=open_workgroup,
        Configuration={
            "EnforceWorkGroupConfiguration": False,
            "ResultConfiguration": {"OutputLocation": f"{location}results/"},
        },
    )
    athena.workgroup = open_workgroup
    location = f"{location}rows/"
    made = athena.run(
        f"CREATE TABLE {table} WITH (format = 'PARQUET', external_location = '{location}', "
        "partitioned_by = ARRAY['ds']) AS "
        "SELECT * FROM (VALUES (1, 'a', '2026-01-01'), (2, NULL, '2026-01-02')) t(id, name, ds)"
    )
    assert athena.client.get_query_results(QueryExecutionId=made["QueryExecutionId"])["UpdateCount"] == 2
    athena.run(f"INSERT INTO {table} VALUES (3, 'c', '2026-01-03')")
    assert athena.rows(f"SHOW PARTITIONS {table}") == [
        ["ds=2026-01-01"],
        ["ds=2026-01-02"],
        ["ds=2026-01-03"],
    ]
    assert athena.rows(f"SELECT id, name, ds FROM {table} WHERE ds >= '2026-01-02' ORDER BY id")[1:] == [
        ["2", None, "2026-01-02"],
        ["3", "c", "2026-01-03"],
    ]
    assert athena.failure(
        f"CREATE TABLE {table}_again WITH (external_location = '{location}') AS SELECT 1 AS a"
    ).startswith("HIVE_PATH_ALREADY_EXISTS")


def test_csv_is_read_with_its_quotes_headers_and_types(athena: Athena, table: str, location: str) -> None:
    _put(location, "rows.csv", 'id,name,price\n1,"a, ""b""",1.5\n2,,x\n')
    _put(location, "_SUCCESS", "not data")
    athena.run(
        f"CREATE EXTERNAL TABLE {table} (id int, name string, price double) "
        "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' "
        f"LOCATION '{location}' TBLPROPERTIES ('skip.header.line.count' = '1')"
    )
    assert athena.rows(f"SELECT * FROM {table} ORDER BY id")[1:] == [["1", 'a, "b"', "1.5"], ["2", "", None]]


def test_delimited_text_is_read_in_the_partitions_that_a_repair_finds(
    athena: Athena, table: str, location: str
) -> None:
    _put(location, "year=2025/part", "a|1\n\\N|2\n")
    _put(location, "year=2026/part", "b|3|beyond\n")
    athena.run(
        f"CREATE EXTERNAL TABLE {table} (name string, n int) PARTITIONED BY (year int) "
        f"ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' LOCATION '{location}'"
    )
    assert athena.rows(f"SELECT count(*) FROM {table}")[1:] == [["0"]]
    athena.run(f"MSCK REPAIR TABLE {table}")
    assert athena.rows(f"SELECT name, n, year FROM {table} ORDER BY n")[1:] == [
        ["a", "1", "2025"],
        [None, "2", "2025"],
        ["b", "3", "2026"],
    ]
    athena.run(f"ALTER TABLE {table} DROP PARTITION (year = 2025)")
    assert athena.rows(f"SELECT n FROM {table}")[1:] == [["3"]]


def test_json_is_read_line_by_line(athena: Athena, table: str, location: str) -> None:
    _put(location, "rows.json", '{"ID": 1, "tags": ["a"], "at": {"x": 2}}\n{"id": 2}\n')
    athena.run(
        f"CREATE EXTERNAL TABLE {table} (id bigint, tags array<string>, at struct<x:int>) "
        f"ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '{location}'"
    )
    assert athena.rows(f"SELECT id, tags, at.x AS x FROM {table} ORDER BY id")[1:] == [
        ["1", "[a]", "2"],
        ["2", None, None],
    ]


def test_the_error_names_a_file_that_does_not_match_its_table(
    athena: Athena, table: str, location: str
) -> None:
    _put(location, "rows.json", '{"id": 1}\n{"id": ')
    athena.run(
        f"CREATE EXTERNAL TABLE {table} (id bigint) "
        f"ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '{location}'"
    )
    reason = athena.failure(f"SELECT * FROM {table}")
    assert reason.startswith(f"HIVE_CURSOR_ERROR: {location}rows.json: Row is not a valid JSON Object")


def test_rows_are_unloaded_and_found_again(athena: Athena, iceberg: str, location: str) -> None:
    unloaded = location.rstrip("/") + "-unloaded/"
    athena.run(f"UNLOAD (SELECT id, name FROM {iceberg}) TO '{unloaded}' WITH (format = 'PARQUET')")
    athena.run(
        f"CREATE EXTERNAL TABLE {iceberg}_u (id bigint, name string) STORED AS PARQUET LOCATION '{unloaded}'"
    )
    assert athena.rows(f"SELECT * FROM {iceberg}_u ORDER BY id")[1:] == [["1", "one"], ["2", None]]


def test_a_view_is_its_query(athena: Athena, iceberg: str) -> None:
    athena.run(f"CREATE VIEW {iceberg}_v AS SELECT id, upper(name) AS loud FROM {iceberg} WHERE id < 5")
    athena.run(f"CREATE OR REPLACE VIEW {iceberg}_w AS SELECT v.loud FROM {iceberg}_v v WHERE v.id = 1")
    assert athena.rows(f"SELECT loud FROM {iceberg}_w") == [["loud"], ["ONE"]]
    assert [f"{iceberg}_v"] in athena.rows(f"SHOW VIEWS LIKE '{iceberg}*'")
    athena.run(f"DROP VIEW {iceberg}_w")
    assert athena.failure(f"SELECT * FROM {iceberg}_w").startswith("TABLE_NOT_FOUND")


def test_the_information_schema_lists_tables_and_columns(athena: Athena, iceberg: str) -> None:
    where = f"WHERE table_schema = '{athena.database}' AND table_name = '{iceberg}'"
    assert athena.rows(f"SELECT table_type FROM information_schema.tables {where}")[1:] == [["BASE TABLE"]]
    columns = athena.rows(
        f"SELECT column_name, data_type FROM information_schema.columns {where} ORDER BY ordinal_position"
    )
    assert columns[1:] == [
        ["id", "bigint"],
        ["name", "varchar"],
        ["at", "timestamp"],
        ["price", "decimal(10,2)"],
    ]


def test_a_dropped_iceberg_table_leaves_nothing(athena: Athena, iceberg: str, location: str) -> None:
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    athena.run(f"DROP TABLE {iceberg}")
    assert boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["KeyCount"] == 0
    assert athena.failure(f"SELECT * FROM {iceberg}").startswith("TABLE_NOT_FOUND")


def test_partition_projection_is_refused_instead_of_answered_wrongly(
    athena: Athena, table: str, location: str
) -> None:
    athena.run(
        f"CREATE EXTERNAL TABLE {table} (id int) PARTITIONED BY (ds string) STORED AS PARQUET "
        f"LOCATION '{location}' TBLPROPERTIES ('projection.enabled' = 'true')"
    )
    assert athena.failure(f"SELECT * FROM {table}").startswith("NOT_SUPPORTED: the sandbox does not project")


def test_databases_come_and_go(athena: Athena, table: str) -> None:
    athena.run(f"CREATE DATABASE IF NOT EXISTS {table}")
    assert athena.rows(f"SHOW DATABASES LIKE '{table}'") == [[table]]
    athena.run(f"DROP DATABASE {table}")
    assert athena.rows(f"SHOW DATABASES LIKE '{table}'") == []


def test_a_view_keeps_its_query_as_it_is_written(athena: Athena, table: str) -> None:
    athena.run(
        f"CREATE OR REPLACE VIEW {table} AS SELECT ARRAY['a', 'b'][1] AS first, "
        "json_value('{\"x\": 5}', 'strict $.x' RETURNING integer) AS x, nan() > 1 AS more"
    )
    assert athena.rows(f"SELECT * FROM {table}") == [["first", "x", "more"], ["a", "5", "false"]]
    athena.run(f"DROP VIEW {table}")
