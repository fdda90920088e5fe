"""Athena's API in the sandbox, called with boto3."""

import uuid

import boto3
import pytest
from botocore.exceptions import ClientError

import terrarium
from tests.support.athena_client import Athena
from tests.support.provisioning.features import query_results_bucket

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]

_ENDLESS = (
    "SELECT sum(a.x * b.x) FROM UNNEST(sequence(1, 1000000)) a(x) "
    "CROSS JOIN UNNEST(sequence(1, 1000000)) b(x) WHERE (a.x * b.x) % 7 = 3"
)


def test_query_states_and_statistics(athena: Athena) -> None:
    query_id = athena.start("SELECT 1 AS one")
    first = athena.client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
    assert first["Status"]["State"] in {"QUEUED", "RUNNING", "SUCCEEDED"}
    last = athena.wait(query_id)
    assert last["Status"]["State"] == "SUCCEEDED"
    assert last["Status"]["SubmissionDateTime"] <= last["Status"]["CompletionDateTime"]
    assert (last["StatementType"], last["SubstatementType"]) == ("DML", "SELECT")
    assert last["WorkGroup"] == athena.workgroup
    assert last["QueryExecutionContext"]["Database"] == athena.database
    assert (
        last["Statistics"]["TotalExecutionTimeInMillis"] >= last["Statistics"]["EngineExecutionTimeInMillis"]
    )


def test_the_result_is_where_the_workgroup_wants_it_encrypted_with_its_key(
    athena: Athena, lab: terrarium.Lab
) -> None:
    """Whatever the client asks for: the workgroup enforces its own."""
    query_id = athena.client.start_query_execution(
        QueryString="SELECT 'a\"b' AS text, NULL AS nothing, '' AS empty",
        WorkGroup=athena.workgroup,
        ResultConfiguration={"OutputLocation": f"{lab.manifest.features.warehouse}/elsewhere/"},
    )["QueryExecutionId"]
    execution = athena.wait(query_id)
    bucket = query_results_bucket(lab.manifest)
    assert execution["ResultConfiguration"]["OutputLocation"] == f"s3://{bucket}/{query_id}.csv"
    stored = boto3.client("s3").get_object(Bucket=bucket, Key=f"{query_id}.csv")
    assert stored["Body"].read().decode() == '"text","nothing","empty"\n"a""b",,""\n'
    assert stored["SSEKMSKeyId"] == lab.manifest.encryption.key_arn


def test_a_workgroup_that_enforces_nothing_takes_the_client_s_location(
    athena: Athena, lab: terrarium.Lab
) -> None:
    location = f"s3://{query_results_bucket(lab.manifest)}/mine"
    query_id = athena.client.start_query_execution(
        QueryString="SELECT 1", ResultConfiguration={"OutputLocation": location}
    )["QueryExecutionId"]
    execution = athena.wait(query_id)
    assert execution["ResultConfiguration"]["OutputLocation"] == f"{location}/{query_id}.csv"
    assert athena.rows_of(query_id) == [["_col0"], ["1"]]


def test_a_result_comes_in_pages_and_its_columns_with_types(athena: Athena) -> None:
    query_id = athena.run(
        "SELECT x, CAST(x AS decimal(10, 2)) AS d, 'line\nbreak, \"quoted\"' AS t "
        "FROM UNNEST(sequence(1, 2500)) AS s(x) ORDER BY x"
    )["QueryExecutionId"]
    pages = list(athena.client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id))
    assert [len(page["ResultSet"]["Rows"]) for page in pages] == [1000, 1000, 501]
    assert athena.rows_of(query_id)[-1] == ["2500", "2500.00", 'line\nbreak, "quoted"']
    columns = pages[1]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(one["Name"], one["Type"], one["Precision"], one["Scale"]) for one in columns] == [
        ("x", "bigint", 19, 0),
        ("d", "decimal", 10, 2),
        ("t", "varchar", 2147483647, 0),
    ]
    small = athena.client.get_query_results(QueryExecutionId=query_id, MaxResults=2)
    assert len(small["ResultSet"]["Rows"]) == 2


def s3_address(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


def exists(address: str) -> bool:
    bucket, key = s3_address(address)
    return bool(boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=key).get("KeyCount"))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {table} WHERE id = 1",
        "UPDATE {table} SET id = 3 WHERE id = 1",
        "MERGE INTO {table} t USING (VALUES 1) AS s(id) ON t.id = s.id WHEN MATCHED THEN DELETE",
    ],
)
def test_a_statement_that_changes_rows_names_a_result_object_that_is_not_there(
    athena: Athena, lab: terrarium.Lab, table: str, location: str, statement: str
) -> None:
    athena.run(
        f"CREATE TABLE {table} (id bigint) LOCATION '{location}' TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    athena.run(f"INSERT INTO {table} VALUES (1), (2)")
    execution = athena.run(statement.format(table=table))
    address = f"s3://{query_results_bucket(lab.manifest)}/{execution['QueryExecutionId']}.csv"
    assert execution["ResultConfiguration"]["OutputLocation"] == address
    assert not exists(address)
    assert "DataManifestLocation" not in execution["Statistics"]
    answer = athena.client.get_query_results(QueryExecutionId=execution["QueryExecutionId"])
    assert (answer["UpdateCount"], answer["ResultSet"]["Rows"]) == (1, [])
    with pytest.raises(athena.client.exceptions.InvalidRequestException, match="no data manifest"):
        athena.client.get_query_results(
            QueryExecutionId=execution["QueryExecutionId"], QueryResultType="DATA_MANIFEST"
        )


@pytest.mark.parametrize(
    ("statement", "folder"),
    [
        ("CREATE TABLE {table}_new AS SELECT * FROM {table}", "tables/"),
        (
            "CREATE TABLE {table}_new WITH (table_type = 'ICEBERG', is_external = false, location = '{location}new/')"
            " AS SELECT * FROM {table}",
            "tables/",
        ),
        ("INSERT INTO {table} VALUES (3)", ""),
        ("UNLOAD (SELECT * FROM {table}) TO '{location}unloaded/' WITH (format = 'JSON')", ""),
    ],
)
def test_a_statement_that_writes_files_lists_them_in_a_manifest(
    athena: Athena, lab: terrarium.Lab, table: str, location: str, statement: str, folder: str
) -> None:
    athena.run(
        f"CREATE TABLE {table} (id bigint) LOCATION '{location}' TBLPROPERTIES ('table_type' = 'ICEBERG')"
    )
    athena.run(f"INSERT INTO {table} VALUES (1), (2)")
    execution = athena.run(statement.format(table=table, location=location))
    query_id = execution["QueryExecutionId"]
    address = f"s3://{query_results_bucket(lab.manifest)}/{folder}{query_id}"
    assert execution["ResultConfiguration"]["OutputLocation"] == address
    assert execution["Statistics"]["DataManifestLocation"] == f"{address}-manifest.csv"
    bucket, key = s3_address(f"{address}-manifest.csv")
    files = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode().splitlines()
    assert files
    assert all(map(exists, files))
    rows = athena.client.get_query_results(QueryExecutionId=query_id, QueryResultType="DATA_MANIFEST")
    assert [row["Data"][0]["VarCharValue"] for row in rows["ResultSet"]["Rows"]] == files


def test_parameters_are_values_and_never_sql(athena: Athena) -> None:
    assert athena.rows("SELECT ? AS a, ? AS b", "5", "'it''s; DROP TABLE x'")[1:] == [
        ["5", "it's; DROP TABLE x"]
    ]
    with pytest.raises(athena.client.exceptions.InvalidRequestException, match="expected 1 but found 2"):
        athena.start("SELECT ?", "1", "2")


def test_a_prepared_statement_is_executed_with_values(athena: Athena) -> None:
    name = f"p_{uuid.uuid4().hex}"
    athena.client.create_prepared_statement(
        StatementName=name, WorkGroup=athena.workgroup, QueryStatement="SELECT ? || 'x' AS v"
    )
    assert athena.rows(f"EXECUTE {name} USING 'a'") == [["v"], ["ax"]]
    assert athena.rows(f"EXECUTE {name}", "'b'") == [["v"], ["bx"]]


def test_the_same_request_twice_is_one_query(athena: Athena) -> None:
    token = uuid.uuid4().hex
    ids = {
        athena.client.start_query_execution(
            QueryString="SELECT 1", WorkGroup=athena.workgroup, ClientRequestToken=token
        )["QueryExecutionId"]
        for _ in range(2)
    }
    assert len(ids) == 1
    with pytest.raises(athena.client.exceptions.InvalidRequestException, match="Idempotent parameters"):
        athena.client.start_query_execution(
            QueryString="SELECT 2", WorkGroup=athena.workgroup, ClientRequestToken=token
        )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"QueryString": "SELEC 1"}, "mismatched input"),
        ({"QueryString": "SELECT 1; SELECT 2"}, "Only one sql statement"),
        ({"QueryString": "SELECT 1", "WorkGroup": "nosuch"}, "WorkGroup nosuch is not found"),
        ({"QueryString": "SELECT 1", "WorkGroup": "primary"}, "No output location provided"),
    ],
)
def test_refuses_invalid_queries_at_submission(
    athena: Athena, request_: dict[str, str], message: str
) -> None:
    with pytest.raises(athena.client.exceptions.InvalidRequestException, match=message):
        athena.client.start_query_execution(**({"WorkGroup": athena.workgroup} | request_))


def test_a_query_is_stopped_while_it_runs_and_the_next_one_is_answered(athena: Athena) -> None:
    endless = [athena.start(_ENDLESS) for _ in range(3)]  # more than run at a time
    for query_id in endless:
        athena.client.stop_query_execution(QueryExecutionId=query_id)
        execution = athena.wait(query_id)
        assert execution["Status"]["State"] == "CANCELLED"
        with pytest.raises(
            athena.client.exceptions.InvalidRequestException, match="did not finish successfully"
        ):
            athena.client.get_query_results(QueryExecutionId=query_id)
    assert athena.rows("SELECT 1")[1:] == [["1"]]


def test_stopping_an_ended_query_changes_nothing(athena: Athena) -> None:
    query_id = athena.run("SELECT 1")["QueryExecutionId"]
    athena.client.stop_query_execution(QueryExecutionId=query_id)
    assert athena.wait(query_id)["Status"]["State"] == "SUCCEEDED"


def test_refuses_results_of_a_running_query(athena: Athena) -> None:
    query_id = athena.start(_ENDLESS)
    try:
        with pytest.raises(athena.client.exceptions.InvalidRequestException, match="has not yet finished"):
            athena.client.get_query_results(QueryExecutionId=query_id)
    finally:
        athena.client.stop_query_execution(QueryExecutionId=query_id)


def test_a_failed_query_has_an_error_category(athena: Athena) -> None:
    execution = athena.wait(athena.start("SELECT 1 / 0"))
    error = execution["Status"]["AthenaError"]
    assert error["ErrorCategory"] == 2
    assert (
        error["ErrorMessage"]
        == execution["Status"]["StateChangeReason"]
        == "DIVISION_BY_ZERO: Division by zero"
    )
    assert not error["Retryable"]


def test_a_query_that_would_scan_too_much_is_cancelled(
    athena: Athena, lab: terrarium.Lab, table: str, location: str
) -> None:
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}rows", Body=b"a\n" * 6_000_000)
    athena.run(f"CREATE EXTERNAL TABLE {table} (a string) LOCATION '{location}'")
    workgroup = f"small-{uuid.uuid4().hex}"
    athena.client.create_work_group(
        Name=workgroup,
        Configuration={
            "BytesScannedCutoffPerQuery": 10_000_000,
            "ResultConfiguration": {"OutputLocation": f"s3://{query_results_bucket(lab.manifest)}/"},
        },
    )
    query_id = athena.client.start_query_execution(
        QueryString=f"SELECT count(*) FROM {table}",
        QueryExecutionContext={"Database": athena.database},
        WorkGroup=workgroup,
    )["QueryExecutionId"]
    status = athena.wait(query_id)["Status"]
    assert status["State"] == "CANCELLED"
    assert "Bytes scanned limit was exceeded" in status["StateChangeReason"]


def test_queries_are_listed_and_fetched_in_batches(athena: Athena) -> None:
    ids = [athena.run(f"SELECT {number}")["QueryExecutionId"] for number in range(2)]
    pages = athena.client.get_paginator("list_query_executions").paginate(
        WorkGroup=athena.workgroup, PaginationConfig={"PageSize": 1, "MaxItems": 2}
    )
    assert [one for page in pages for one in page["QueryExecutionIds"]] == ids[::-1]
    unknown = str(uuid.uuid4())
    batch = athena.client.batch_get_query_execution(QueryExecutionIds=[*ids, unknown])
    assert [one["QueryExecutionId"] for one in batch["QueryExecutions"]] == ids
    assert [one["QueryExecutionId"] for one in batch["UnprocessedQueryExecutionIds"]] == [unknown]
    with pytest.raises(ClientError, match="was not found"):
        athena.client.get_query_execution(QueryExecutionId=unknown)


def test_the_times_of_a_query_can_be_asked(athena: Athena) -> None:
    query_id = athena.run("SELECT 1")["QueryExecutionId"]
    statistics = athena.client.get_query_runtime_statistics(QueryExecutionId=query_id)[
        "QueryRuntimeStatistics"
    ]
    assert statistics["Timeline"]["TotalExecutionTimeInMillis"] >= 0


def test_a_database_in_backticks_is_the_database(athena: Athena) -> None:
    """awswrangler's repair_table gives it so."""
    query_id = athena.client.start_query_execution(
        QueryString="SHOW TABLES",
        QueryExecutionContext={"Database": f"`{athena.database}`"},
        WorkGroup=athena.workgroup,
    )["QueryExecutionId"]
    assert athena.wait(query_id)["Status"]["State"] == "SUCCEEDED"
