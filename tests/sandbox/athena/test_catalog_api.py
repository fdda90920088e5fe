"""Athena's API for the catalog and for changes of workgroups, as tools use it."""

import uuid

import pytest

import terrarium
from tests.support.athena_client import Athena
from tests.support.provisioning.features import query_results_bucket

pytest_plugins = ["tests.support.sdk_environment", "tests.support.athena_fixtures"]

_CATALOG = "AwsDataCatalog"


def test_databases_and_tables_are_glue_s(athena: Athena, table: str, location: str) -> None:
    athena.run(
        f"CREATE EXTERNAL TABLE {table} (id int COMMENT 'key') PARTITIONED BY (ds string) "
        f"STORED AS PARQUET LOCATION '{location}'"
    )
    client = athena.client
    assert client.get_data_catalog(Name=_CATALOG)["DataCatalog"]["Type"] == "GLUE"
    pages = client.get_paginator("list_databases").paginate(CatalogName=_CATALOG)
    assert athena.database in {one["Name"] for page in pages for one in page["DatabaseList"]}
    assert (
        client.get_database(CatalogName=_CATALOG, DatabaseName=athena.database)["Database"]["Name"]
        == athena.database
    )
    found = client.list_table_metadata(
        CatalogName=_CATALOG, DatabaseName=athena.database, Expression=f"{table}.*"
    )
    described = client.get_table_metadata(CatalogName=_CATALOG, DatabaseName=athena.database, TableName=table)
    assert [one["Name"] for one in found["TableMetadataList"]] == [table]
    assert described["TableMetadata"]["Columns"] == [{"Name": "id", "Type": "int", "Comment": "key"}]
    assert described["TableMetadata"]["PartitionKeys"] == [{"Name": "ds", "Type": "string"}]
    with pytest.raises(client.exceptions.MetadataException, match="EntityNotFoundException"):
        client.get_table_metadata(CatalogName=_CATALOG, DatabaseName=athena.database, TableName="nosuch")


def test_a_workgroup_s_changes_count_from_then_on(athena: Athena, lab: terrarium.Lab) -> None:
    client, name = athena.client, f"changed-{uuid.uuid4().hex}"
    folder = f"s3://{query_results_bucket(lab.manifest)}"
    client.create_work_group(
        Name=name,
        Configuration={
            "BytesScannedCutoffPerQuery": 10**7,
            "ResultConfiguration": {"OutputLocation": f"{folder}/a/"},
        },
    )
    client.update_work_group(
        WorkGroup=name,
        Description="changed",
        ConfigurationUpdates={
            "RemoveBytesScannedCutoffPerQuery": True,
            "ResultConfigurationUpdates": {"OutputLocation": f"{folder}/b/"},
        },
    )
    configuration = client.get_work_group(WorkGroup=name)["WorkGroup"]["Configuration"]
    assert "BytesScannedCutoffPerQuery" not in configuration
    query_id = client.start_query_execution(QueryString="SELECT 1", WorkGroup=name)["QueryExecutionId"]
    location = athena.wait(query_id)["ResultConfiguration"]["OutputLocation"]
    assert location == f"{folder}/b/{query_id}.csv"
    client.update_work_group(WorkGroup=name, State="DISABLED")
    with pytest.raises(client.exceptions.InvalidRequestException, match="is disabled"):
        client.start_query_execution(QueryString="SELECT 1", WorkGroup=name)
