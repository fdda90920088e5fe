"""Runs one statement, whatever kind it is of."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from terrarium_sandbox.athena.aws import Aws, Identity
from terrarium_sandbox.athena.binding import Binding
from terrarium_sandbox.athena.engine import Engine
from terrarium_sandbox.athena.parsing import Statement, parse
from terrarium_sandbox.athena.positions import with_position
from terrarium_sandbox.athena.refusals import refusal
from terrarium_sandbox.athena.statements import alter, change, create, describe, drop, insert, select, unload
from terrarium_sandbox.athena.statements.context import Context
from terrarium_sandbox.athena.tables.catalog import Catalog
from terrarium_sandbox.athena.task import Outcome, QueryFailure, QueryTask

__all__ = ["Runner"]

_STATEMENTS: Mapping[str, Callable[[Statement, Context], Outcome]] = {
    "ALTER_TABLE": alter.alter_table,
    "CREATE_DATABASE": create.create_database,
    "CREATE_SCHEMA": create.create_database,
    "CREATE_TABLE": create.create_table,
    "CREATE_TABLE_AS_SELECT": create.create_table_as_select,
    "CREATE_VIEW": create.create_view,
    "DELETE": change.change_rows,
    "DESCRIBE": describe.describe,
    "DROP_DATABASE": drop.drop_database,
    "DROP_SCHEMA": drop.drop_database,
    "DROP_TABLE": drop.drop_table,
    "DROP_VIEW": drop.drop_view,
    "EXPLAIN": select.explain,
    "INSERT": insert.insert,
    "MERGE": change.change_rows,
    "MSCK_REPAIR_TABLE": alter.repair_table,
    "SELECT": select.select,
    "SHOW": describe.show,
    "UNLOAD": unload.unload,
    "UPDATE": change.change_rows,
}


class Runner:
    """Answers queries, one at a time.

    Args:
        endpoint: The sandbox's.
        memory_limit: Of the engine, as DuckDB writes it.
        spill_folder: Where the engine puts what does not fit.
    """

    def __init__(self, *, endpoint: str, memory_limit: str, spill_folder: Path) -> None:
        self._endpoint = endpoint
        self._memory_limit = memory_limit
        self._spill_folder = spill_folder
        self._identities: dict[Identity, Aws] = {}  # clients take long to make, and callers come again

    def run(self, task: QueryTask) -> Outcome:
        """Answer a query.

        Raises:
            QueryFailure: It cannot be answered; whatever went wrong.
        """
        try:
            statement = parse(task.sql, task.parameters)
            runs = _STATEMENTS.get(statement.name)
            if runs is None:
                raise QueryFailure(
                    "NOT_SUPPORTED", f"the sandbox does not run {statement.name.replace('_', ' ')}"
                )
            return self._run(runs, statement, task)
        except QueryFailure as failure:
            raise with_position(failure, task.sql) from failure
        except Exception as error:
            raise refusal(error) from error

    def _run(
        self, runs: Callable[[Statement, Context], Outcome], statement: Statement, task: QueryTask
    ) -> Outcome:
        identity = Identity.of(task)
        aws = self._identities.setdefault(identity, Aws(identity, endpoint=self._endpoint))
        with closing(Engine(memory_limit=self._memory_limit, spill_folder=self._spill_folder)) as engine:
            binding = Binding(aws, engine, database=task.database, scan_limit=task.scan_limit)
            context = Context(task=task, aws=aws, catalog=Catalog(aws), engine=engine, binding=binding)
            try:
                return runs(statement, context)
            except QueryFailure as failure:
                failure.bytes_scanned = failure.bytes_scanned or binding.bytes_scanned
                raise
