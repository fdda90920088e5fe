"""Client of Athena: boto3, without the SDK."""

import time
from typing import Any

import boto3

from terrarium.manifest import PlatformManifest

__all__ = ["Athena"]

_FINAL = {"SUCCEEDED", "FAILED", "CANCELLED"}


class Athena:
    """The environment's workgroup and database.

    Args:
        manifest: What the environment exposes.
        client: Whose queries they are; this process' if omitted.
    """

    def __init__(self, manifest: PlatformManifest, *, client: Any = None) -> None:
        self.client = client or boto3.client("athena")
        self.database = manifest.features.catalog_database
        self.workgroup = manifest.features.workgroup

    def start(self, sql: str, *parameters: str) -> str:
        """Start a query; its id."""
        given = {"ExecutionParameters": list(parameters)} if parameters else {}
        answer = self.client.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": self.database, "Catalog": "AwsDataCatalog"},
            WorkGroup=self.workgroup,
            **given,
        )
        return str(answer["QueryExecutionId"])

    def wait(self, query_id: str) -> dict[str, Any]:
        """Wait for the end of a query, and return its execution."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            execution: dict[str, Any] = self.client.get_query_execution(QueryExecutionId=query_id)[
                "QueryExecution"
            ]
            if execution["Status"]["State"] in _FINAL:
                return execution
            time.sleep(0.02)
        raise TimeoutError(f"query {query_id} is {execution['Status']['State']}")

    def run(self, sql: str, *parameters: str) -> dict[str, Any]:
        """Run a query that must succeed, and return its execution."""
        execution = self.wait(self.start(sql, *parameters))
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        return execution

    def failure(self, sql: str, *parameters: str) -> str:
        """Return the reason for which a query fails; the query must fail."""
        execution = self.wait(self.start(sql, *parameters))
        assert execution["Status"]["State"] == "FAILED", execution["Status"]
        return str(execution["Status"]["StateChangeReason"])

    def rows(self, sql: str, *parameters: str) -> list[list[str | None]]:
        """Run a query, and return all rows, including the header if there is one."""
        return self.rows_of(self.run(sql, *parameters)["QueryExecutionId"])

    def rows_of(self, query_id: str) -> list[list[str | None]]:
        """Return all rows of a successful query."""
        pages = self.client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
        return [
            [value.get("VarCharValue") for value in row["Data"]]
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]
