"""Tasks for workers and their outcomes. Both can be pickled, and this module imports nothing heavy."""

from dataclasses import dataclass, field

__all__ = ["Column", "Outcome", "QueryFailure", "QueryTask"]


@dataclass(frozen=True, kw_only=True)
class QueryTask:
    """A query and its caller.

    Args:
        query_id: Athena's id of the execution.
        sql: The query as submitted.
        parameters: SQL literals for the question marks.
        database: The database of unqualified names.
        output_location: The prefix of the result, `s3://bucket/prefix/`.
        output_encryption: Encryption arguments of S3's PutObject.
        region: The region of the request.
        access_key: The caller's access key.
        secret_key: The caller's secret key.
        session_token: The caller's session token, if it has a session.
        scan_limit: The largest number of bytes that may be scanned; None for no limit.
    """

    query_id: str
    sql: str
    parameters: tuple[str, ...]
    database: str
    output_location: str
    output_encryption: dict[str, str]
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    scan_limit: int | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a result, as Athena describes it."""

    name: str
    type: str
    precision: int = 0
    scale: int = 0
    table: str = ""
    schema: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a successful query.

    Args:
        location: The object of the result, or the folder of the written files.
        columns: The columns of the result.
        bytes_scanned: The number of bytes read from tables.
        update_count: The number of written or changed rows; None for statements that change none.
        manifest: The list of written files, if there is one.
    """

    location: str
    columns: tuple[Column, ...] = ()
    bytes_scanned: int = 0
    update_count: int | None = None
    manifest: str | None = None


class QueryFailure(Exception):  # noqa: N818 - Athena's term: a query fails
    """The failure of a query, with the message of Athena.

    Args:
        code: Trino's name of the error, such as `COLUMN_NOT_FOUND`.
        message: The problem.
        cancelled: Whether Athena cancelled the query.
        bytes_scanned: The number of bytes read before the failure.
    """

    def __init__(self, code: str, message: str, *, cancelled: bool = False, bytes_scanned: int = 0) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.cancelled = cancelled
        self.bytes_scanned = bytes_scanned

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.code else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return _failure, (self.code, self.message, self.cancelled, self.bytes_scanned)


def _failure(code: str, message: str, cancelled: bool, bytes_scanned: int) -> QueryFailure:  # noqa: FBT001 - unpickling
    return QueryFailure(code, message, cancelled=cancelled, bytes_scanned=bytes_scanned)
