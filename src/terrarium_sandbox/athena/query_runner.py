"""Running of one statement of any kind."""

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from terrarium_sandbox.athena.aws_clients import AwsClients, Identity
from terrarium_sandbox.athena.binding import Binding
from terrarium_sandbox.athena.engine import Engine
from terrarium_sandbox.athena.error_position import with_position
from terrarium_sandbox.athena.parsing import Statement, parse
from terrarium_sandbox.athena.statements import alter, change, create, describe, drop, insert, select, unload
from terrarium_sandbox.athena.statements.context import Context
from terrarium_sandbox.athena.tables.catalog import Catalog
from terrarium_sandbox.athena.task import Outcome, QueryFailure, QueryTask

__all__ = ["QueryRunner"]

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "403"})
_log = logging.getLogger(__name__)

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


class QueryRunner:
    """Runner of queries, one at a time.

    Args:
        endpoint: The sandbox's endpoint.
        memory_limit: The engine's memory limit in DuckDB's notation.
        spill_folder: The folder for data that exceeds the limit.
    """

    def __init__(self, *, endpoint: str, memory_limit: str, spill_folder: Path) -> None:
        self._endpoint = endpoint
        self._memory_limit = memory_limit
        self._spill_folder = spill_folder
        # Cached, because clients are slow to create, and callers send several queries.
        self._identities: dict[Identity, AwsClients] = {}

    def run(self, task: QueryTask) -> Outcome:
        """Run a query.

        Raises:
            QueryFailure: The query fails, for any reason.
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
            raise _service_failure(error) from error

    def _run(
        self, runs: Callable[[Statement, Context], Outcome], statement: Statement, task: QueryTask
    ) -> Outcome:
        identity = Identity.of(task)
        aws = self._identities.setdefault(identity, AwsClients(identity, endpoint=self._endpoint))
        with closing(Engine(memory_limit=self._memory_limit, spill_folder=self._spill_folder)) as engine:
            binding = Binding(aws, engine, database=task.database, scan_limit=task.scan_limit)
            context = Context(task=task, aws=aws, catalog=Catalog(aws), engine=engine, binding=binding)
            try:
                return runs(statement, context)
            except QueryFailure as failure:
                failure.bytes_scanned = failure.bytes_scanned or binding.bytes_scanned
                raise


def _service_failure(error: Exception) -> QueryFailure:
    """Return the query failure for an error of AWS or Iceberg. Other errors are logged."""
    from botocore.exceptions import ClientError
    from pyiceberg.exceptions import CommitFailedException

    if isinstance(error, ClientError):
        denied = error.response["Error"]["Code"] in _DENIED
        return QueryFailure("PERMISSION_DENIED" if denied else "GENERIC_INTERNAL_ERROR", str(error))
    if isinstance(error, OSError) and "ACCESS_DENIED" in str(error):
        return QueryFailure("PERMISSION_DENIED", str(error))
    if isinstance(error, CommitFailedException):
        return QueryFailure("ICEBERG_COMMIT_ERROR", f"Failed to commit Iceberg update to table: {error}")
    if isinstance(error, RecursionError):
        return QueryFailure("STACK_OVERFLOW", "statement is too large (stack overflow during analysis)")
    _log.error("unexpected error of a query", exc_info=error)
    return QueryFailure("GENERIC_INTERNAL_ERROR", f"the sandbox failed: {error!r}")
