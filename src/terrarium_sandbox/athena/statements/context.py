"""Context in which a statement runs."""

from dataclasses import dataclass, field

from sqlglot import exp

from terrarium_sandbox.athena.aws_clients import AwsClients
from terrarium_sandbox.athena.binding import Binding
from terrarium_sandbox.athena.engine import Engine
from terrarium_sandbox.athena.tables.catalog import Catalog
from terrarium_sandbox.athena.task import QueryTask

__all__ = ["Context", "table_name"]


@dataclass(frozen=True, kw_only=True)
class Context:
    """The query, the clients and engine that run it, and the files that it wrote.

    Args:
        written_files: `s3://` addresses of the data files that the statement wrote, for Athena's data manifest.
    """

    task: QueryTask
    aws: AwsClients
    catalog: Catalog
    engine: Engine
    binding: Binding
    written_files: list[str] = field(default_factory=list)


def table_name(table: exp.Table, context: Context) -> tuple[str, str]:
    """Return the database and table that a statement names."""
    return (table.db or context.task.database).lower(), table.name.lower()
