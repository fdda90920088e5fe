"""What the sandbox hands to a worker, and what comes back. Both must be light to import, and can be pickled."""

from dataclasses import dataclass, field

__all__ = ["Column", "Outcome", "QueryFailure", "QueryTask"]


@dataclass(frozen=True, kw_only=True)
class QueryTask:
    """One query, and who asks it.

    Args:
        query_id: Athena's id of the execution.
        sql: As it was asked.
        parameters: For its question marks, each an SQL literal.
        database: What unqualified names belong to.
        output_location: `s3://bucket/prefix/` under which the result goes.
        output_encryption: Arguments for S3's PutObject.
        region: Where the caller asked.
        access_key: The caller's.
        secret_key: The caller's.
        session_token: The caller's, where it is a session.
        scan_limit: Most bytes that it may read; None for any number.
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
    """What a query that succeeded left.

    Args:
        location: The object that holds the result, or the folder of what was written.
        columns: Of the result.
        bytes_scanned: What was read of tables.
        update_count: Rows written or changed; None where nothing could be.
        manifest: The list of files that were written, where there is one.
    """

    location: str
    columns: tuple[Column, ...] = ()
    bytes_scanned: int = 0
    update_count: int | None = None
    manifest: str | None = None


class QueryFailure(Exception):  # noqa: N818 - a query fails, by design
    """A query cannot be answered; says so as Athena would.

    Args:
        code: Trino's name of the error, as in `COLUMN_NOT_FOUND`.
        message: What is wrong.
        cancelled: Athena itself ended the query.
        bytes_scanned: What was read until then.
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
