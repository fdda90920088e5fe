"""Run SQL statements in Athena, with results as Arrow tables."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from terrarium.aws import Session, translate_errors
from terrarium.manifest import FeatureStore
from terrarium.sdk_source import INSTALL_SDK
from terrarium.warehouse._query_execution import execute
from terrarium.warehouse.errors import EngineNotInstalledError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["query"]

# Statements without a result object, by Athena's SubstatementType. Their output location does not show it: Athena names
# a `.csv` object for DELETE, UPDATE, MERGE and VACUUM that it never writes (PyAthena issue 441).
_WITHOUT_RESULT = frozenset(
    {"CREATE_TABLE_AS_SELECT", "DELETE", "INSERT", "MERGE", "UNLOAD", "UPDATE", "VACUUM_TABLE"}
)


def query(
    sql: str,
    *,
    parameters: Sequence[object],
    timeout_seconds: float | None,
    features: FeatureStore,
    session: Session,
) -> "pa.Table":
    """Run a statement, and return its rows or the number of rows that it wrote; see `Warehouse.query`."""
    try:
        import pyarrow as pa

        from terrarium.warehouse.query_results import read_lines, read_rows
    except ImportError as error:
        raise EngineNotInstalledError(
            f"results need Arrow, which is not installed: {error}",
            remedy=INSTALL_SDK,
        ) from error
    execution = execute(
        sql, parameters=parameters, timeout_seconds=timeout_seconds, features=features, session=session
    )
    with translate_errors("read the result of a query"):
        described = session.client("athena").get_query_results(
            QueryExecutionId=execution["QueryExecutionId"], MaxResults=1
        )
        columns = described["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        content = _result_object(execution, session)
    if content is None:
        return pa.table({"rows": pa.array([described.get("UpdateCount", 0)], pa.int64())})
    location = execution["ResultConfiguration"]["OutputLocation"]
    return (read_rows if location.endswith(".csv") else read_lines)(content, columns)


def _result_object(execution: Mapping[str, Any], session: Session) -> bytes | None:
    """Return the content of the result object; None for a statement without a result.

    A missing object is an error only for SELECT. Any other statement has taken effect, and an error could make the
    caller run it a second time.
    """
    statement = execution.get("SubstatementType", "SELECT").upper()
    location = execution["ResultConfiguration"]["OutputLocation"]
    if statement in _WITHOUT_RESULT or not location.endswith((".csv", ".txt")):
        return None
    bucket, _, key = location.removeprefix("s3://").partition("/")
    s3 = session.client("s3")
    try:
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except s3.exceptions.NoSuchKey:
        if statement == "SELECT":
            raise
        return None
    return content
