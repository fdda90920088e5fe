"""Rules of Athena."""

import uuid
from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
from tests.support.refused_by import refused_by

CTAS = "CREATE TABLE t WITH (format = 'PARQUET'{0}) AS SELECT 1 AS a"


@pytest.fixture
def athena(client: Client) -> Any:
    return client("athena")


def create_workgroup(athena: Any, *, enforced: bool = True) -> str:
    name = f"w-{uuid.uuid4().hex}"
    configuration = {
        "EnforceWorkGroupConfiguration": enforced,
        "ResultConfiguration": {"OutputLocation": "s3://results-of-rules/"},
    }
    athena.create_work_group(Name=name, Configuration=configuration)
    return name


def start(athena: Any, workgroup: str, location: str = "") -> None:
    started = athena.start_query_execution(QueryString=CTAS.format(location), WorkGroup=workgroup)
    athena.stop_query_execution(QueryExecutionId=started["QueryExecutionId"])


def test_a_table_is_not_made_elsewhere_than_the_workgroup_wants(athena: Any) -> None:
    elsewhere = ", external_location = 's3://elsewhere/t/'"
    with refused_by("ctas-external-location"):
        start(athena, create_workgroup(athena), elsewhere)
    start(athena, create_workgroup(athena))
    start(athena, create_workgroup(athena, enforced=False), elsewhere)


def test_a_workgroup_with_queries_is_deleted_with_its_contents_only(athena: Any) -> None:
    name = create_workgroup(athena)
    start(athena, name)
    with refused_by("workgroup-not-empty"):
        athena.delete_work_group(WorkGroup=name)
    athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
    athena.delete_work_group(WorkGroup=create_workgroup(athena))


def test_the_primary_workgroup_stays(athena: Any) -> None:
    with refused_by("workgroup-primary"):
        athena.delete_work_group(WorkGroup="primary", RecursiveDeleteOption=True)
