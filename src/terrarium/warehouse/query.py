"""SQL over the warehouse, by Athena, into Arrow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from terrarium.aws import Session, explained
from terrarium.manifest import FeatureStore
from terrarium.warehouse.errors import EngineNotInstalledError
from terrarium.warehouse.execution import execute

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["query"]


def query(
    sql: str,
    *,
    parameters: Sequence[object],
    timeout_seconds: float | None,
    features: FeatureStore,
    session: Session,
) -> "pa.Table":
    """Run a statement and read what it leaves; `Warehouse.query` says more."""
    try:
        import pyarrow as pa

        from terrarium.warehouse.results import read_lines, read_rows
    except ImportError as error:
        raise EngineNotInstalledError(
            f"results need Arrow, which is not installed: {error}",
            remedy='pip install "terrarium-ml[features]"',
        ) from error
    execution = execute(
        sql, parameters=parameters, timeout_seconds=timeout_seconds, features=features, session=session
    )
    with explained("read the result of a query"):
        described = session.client("athena").get_query_results(
            QueryExecutionId=execution["QueryExecutionId"], MaxResults=1
        )
        columns = described["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
        location = execution["ResultConfiguration"]["OutputLocation"]
        if not location.endswith((".csv", ".txt")):  # rows were written into a table
            return pa.table({"rows": pa.array([described.get("UpdateCount", 0)], pa.int64())})
        bucket, _, key = location.removeprefix("s3://").partition("/")
        content = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return (read_rows if location.endswith(".csv") else read_lines)(content, columns)
