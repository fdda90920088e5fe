"""The query engine: DuckDB with Trino's semantics, a memory limit, and no access to files of this machine."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terrarium_sandbox.athena.engine_errors import engine_failure
from terrarium_sandbox.athena.scalar_functions import SCALAR_FUNCTIONS
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.engine_types import with_field_names

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Engine"]

_BATCH_ROWS = 50_000
_FUNCTION = re.compile(r"\btrino_\w+")
_OBSERVE = "trino_observe"


class Engine:
    """An in-memory database for one query.

    Args:
        memory_limit: The memory limit in DuckDB's notation, such as `1GB`.
        spill_folder: The folder for data that exceeds the limit.
    """

    def __init__(self, *, memory_limit: str, spill_folder: Path) -> None:
        import duckdb

        self._connection = duckdb.connect(config={"python_enable_replacements": "false"})
        self._functions: set[str] = set()
        self._observed: dict[str, str] = {}
        self._connection.execute(f"""
            SET TimeZone = 'UTC';
            SET memory_limit = '{memory_limit}';
            SET temp_directory = '{spill_folder}';
            SET enable_external_access = false;
            SET lock_configuration = true;
        """)

    def load(self, name: str, rows: "pa.RecordBatchReader") -> None:
        """Create a table of rows, spilled beyond the memory limit. Errors of the rows are raised unchanged."""
        import pyarrow as pa

        problems: list[Exception] = []

        def batches() -> "Iterator[pa.RecordBatch]":
            try:
                yield from rows
            except Exception as error:
                problems.append(error)  # the engine would wrap the error
                raise

        self._connection.register("arriving", pa.RecordBatchReader.from_batches(rows.schema, batches()))
        try:
            self.run(f'CREATE TEMP TABLE "{name}" AS SELECT * FROM arriving')  # noqa: S608 - the name is generated
        except QueryFailure:
            if problems:
                raise problems[0] from None
            raise
        self._connection.unregister("arriving")

    def query(self, sql: str) -> "pa.RecordBatchReader":
        """Return the rows of a query as a stream.

        Raises:
            QueryFailure: The query fails.
        """
        import duckdb

        self._define_functions(sql)
        try:
            relation = self._connection.sql(sql)
            kinds = [str(kind) for kind in relation.types]
            if any(kind != '"NULL"' and ('"NULL"' in kind or "TUPLE(" in kind) for kind in kinds):
                relation = self._connection.sql(_with_types(sql, kinds, relation.columns))
            huge = [str(kind) == "HUGEINT" for kind in relation.types]
            reader = relation.to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise engine_failure(error) from error
        return _bounded(reader, huge)

    def observed_types(self, sql: str) -> tuple[Mapping[str, str], QueryFailure | None]:
        """Bind a statement without running it; return the types that `trino_observe` observed, and the error if any."""
        import duckdb

        self._define_functions(sql)
        self._observed.clear()
        failure = None
        try:
            # EXPLAIN binds a query without running it, but runs other statements.
            if sql.startswith(("SELECT", "WITH", "(", "FROM", "VALUES")):
                self._connection.sql(sql)
            else:
                self._connection.execute(f"EXPLAIN {sql}")
        except duckdb.Error as error:
            failure = engine_failure(error)
        return dict(self._observed), failure

    def _define_functions(self, sql: str) -> None:
        """Register the Python functions that a statement calls."""
        from duckdb.func import FunctionNullHandling

        for name in set(_FUNCTION.findall(sql)) - self._functions:
            if name == _OBSERVE:
                self._connection.create_function(name, self._observe, ["VARCHAR", "VARCHAR"], "VARCHAR")
            elif name in SCALAR_FUNCTIONS:
                function = SCALAR_FUNCTIONS[name]
                self._connection.create_function(
                    name,
                    _null_if_any_is(function.call),
                    list(function.parameters),
                    function.returns,
                    # By default, a function must not return NULL.
                    null_handling=FunctionNullHandling.SPECIAL,
                )
            self._functions.add(name)

    def _observe(self, key: str, kind: str) -> str:
        self._observed[key] = kind
        return ""

    def run(self, sql: str) -> int:
        """Run a statement that changes rows; return the number of changed rows.

        Raises:
            QueryFailure: The statement fails.
        """
        import duckdb

        self._define_functions(sql)
        try:
            row = self._connection.execute(sql).fetchone()
        except duckdb.Error as error:
            raise engine_failure(error) from error
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


def _null_if_any_is(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)  # the engine inspects the signature's parameters
    def called(*values: Any) -> Any:
        return None if any(value is None for value in values) else call(*values)

    return called


def _with_types(sql: str, kinds: Sequence[str], names: Sequence[str]) -> str:
    """Return the query with types for empty arrays and maps (Arrow has no untyped maps), and names for rows' fields."""
    columns = [f"c{position}" for position in range(len(kinds))]
    selected = []
    for column, kind, name in zip(columns, kinds, names, strict=True):
        value = column if kind == '"NULL"' else f"CAST({column} AS {with_field_names(kind)})"
        quoted = name.replace('"', '""')
        selected.append(f'{value} AS "{quoted}"')
    return f"SELECT {', '.join(selected)} FROM ({sql}) AS typed({', '.join(columns)})"  # noqa: S608 - the names are generated


def _bounded(reader: "pa.RecordBatchReader", huge: Sequence[bool]) -> "pa.RecordBatchReader":
    """Cast 128-bit sums of integers (DuckDB) to 64 bits (Trino); an overflow is an error."""
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
                raise engine_failure(error) from error
            try:
                columns = [
                    column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)
                ]
            except pa.ArrowInvalid as error:
                raise QueryFailure("NUMERIC_VALUE_OUT_OF_RANGE", f"bigint overflow: {error}") from error
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())
