"""DuckDB, set up to answer as Trino would, within a memory limit, and without a way to this machine's files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.sandbox.athena.engine_errors import explained_failure
from terrarium.sandbox.athena.macros import MACROS
from terrarium.sandbox.athena.task import QueryFailure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Engine"]

_BATCH_ROWS = 50_000


class Engine:
    """One database in memory, for one query.

    Args:
        memory_limit: As DuckDB writes it, e.g. `1GB`.
        spill_folder: Where it puts what does not fit.
    """

    def __init__(self, *, memory_limit: str, spill_folder: Path) -> None:
        import duckdb

        self._connection = duckdb.connect(config={"python_enable_replacements": "false"})
        self._connection.execute("SET integer_division = true")
        self._connection.execute(MACROS)
        self._connection.execute(f"""
            SET TimeZone = 'UTC';
            SET memory_limit = '{memory_limit}';
            SET temp_directory = '{spill_folder}';
            SET enable_external_access = false;
            SET lock_configuration = true;
        """)

    def load(self, name: str, rows: "pa.RecordBatchReader") -> None:
        """Make a table of rows; what does not fit into memory is spilled. What goes wrong with the rows is raised."""
        import pyarrow as pa

        problems: list[Exception] = []

        def batches() -> "Iterator[pa.RecordBatch]":
            try:
                yield from rows
            except Exception as error:
                problems.append(error)  # the engine would tell of it in words of its own
                raise

        self._connection.register("arriving", pa.RecordBatchReader.from_batches(rows.schema, batches()))
        try:
            self.run(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM arriving')  # noqa: S608 - a name of ours
        except QueryFailure:
            if problems:
                raise problems[0] from None
            raise
        self._connection.unregister("arriving")

    def query(self, sql: str) -> "pa.RecordBatchReader":
        """The rows of a query, as they come.

        Raises:
            QueryFailure: It cannot be answered.
        """
        import duckdb

        try:
            relation = self._connection.sql(sql)
            huge = [str(kind) == "HUGEINT" for kind in relation.types]
            reader = relation.to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise explained_failure(error) from error
        return _bounded(reader, huge)

    def run(self, sql: str) -> int:
        """Run a statement that changes rows; how many it did change.

        Raises:
            QueryFailure: It cannot be done.
        """
        import duckdb

        try:
            row = self._connection.execute(sql).fetchone()
        except duckdb.Error as error:
            raise explained_failure(error) from error
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def close(self) -> None:
        """Give everything up."""
        self._connection.close()


def _bounded(reader: "pa.RecordBatchReader", huge: Sequence[bool]) -> "pa.RecordBatchReader":
    """Sums of integers are of 128 bits in DuckDB, and of 64 in Trino."""
    import duckdb
    import pyarrow as pa

    schema = pa.schema(
        [
            field.with_type(pa.int64()) if is_huge else field
            for field, is_huge in zip(reader.schema, huge, strict=True)
        ]
    )

    def batches() -> "Iterator[pa.RecordBatch]":
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except (duckdb.Error, pa.ArrowException, OSError) as error:
                raise explained_failure(error) from error
            try:
                columns = [
                    column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)
                ]
            except pa.ArrowInvalid as error:
                raise QueryFailure("NUMERIC_VALUE_OUT_OF_RANGE", f"bigint overflow: {error}") from error
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())
