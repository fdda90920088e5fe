"""DuckDB, set up to answer as Trino would, within a memory limit, and without a way to this machine's files."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from terrarium_sandbox.athena.engine_errors import explained_failure
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
    """One database in memory, for one query.

    Args:
        memory_limit: As DuckDB writes it, e.g. `1GB`.
        spill_folder: Where it puts what does not fit.
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

        self._define_functions(sql)
        try:
            relation = self._connection.sql(sql)
            kinds = [str(kind) for kind in relation.types]
            if any(kind != '"NULL"' and ('"NULL"' in kind or "TUPLE(" in kind) for kind in kinds):
                relation = self._connection.sql(_with_types(sql, kinds, relation.columns))
            huge = [str(kind) == "HUGEINT" for kind in relation.types]
            reader = relation.to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise explained_failure(error) from error
        return _bounded(reader, huge)

    def observed_types(self, sql: str) -> tuple[Mapping[str, str], QueryFailure | None]:
        """Bind a statement without running it: types of what `trino_observe` sees, and why it cannot be bound."""
        import duckdb

        self._define_functions(sql)
        self._observed.clear()
        failure = None
        try:
            # A query is only bound by this; whatever else would be run.
            if sql.startswith(("SELECT", "WITH", "(", "FROM", "VALUES")):
                self._connection.sql(sql)
            else:
                self._connection.execute(f"EXPLAIN {sql}")
        except duckdb.Error as error:
            failure = explained_failure(error)
        return dict(self._observed), failure

    def _define_functions(self, sql: str) -> None:
        """Make the functions in Python that a statement calls known to the engine."""
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
                    # By default, a function may not return NULL.
                    null_handling=FunctionNullHandling.SPECIAL,
                )
            self._functions.add(name)

    def _observe(self, key: str, kind: str) -> str:
        self._observed[key] = kind
        return ""

    def run(self, sql: str) -> int:
        """Run a statement that changes rows; how many it did change.

        Raises:
            QueryFailure: It cannot be done.
        """
        import duckdb

        self._define_functions(sql)
        try:
            row = self._connection.execute(sql).fetchone()
        except duckdb.Error as error:
            raise explained_failure(error) from error
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def close(self) -> None:
        """Give everything up."""
        self._connection.close()


def _null_if_any_is(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)  # the engine counts the parameters of the signature
    def called(*values: Any) -> Any:
        return None if any(value is None for value in values) else call(*values)

    return called


def _with_types(sql: str, kinds: Sequence[str], names: Sequence[str]) -> str:
    """The query with types for arrays and maps of nothing (Arrow has no such maps), and names for rows' fields."""
    columns = [f"c{position}" for position in range(len(kinds))]
    selected = []
    for column, kind, name in zip(columns, kinds, names, strict=True):
        value = column if kind == '"NULL"' else f"CAST({column} AS {with_field_names(kind)})"
        quoted = name.replace('"', '""')
        selected.append(f'{value} AS "{quoted}"')
    return f"SELECT {', '.join(selected)} FROM ({sql}) AS typed({', '.join(columns)})"  # noqa: S608 - the names are made here


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
