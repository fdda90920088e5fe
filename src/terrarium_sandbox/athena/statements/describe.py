"""DESCRIBE and SHOW: information of the catalog as lines."""

import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement
from terrarium_sandbox.athena.results import write_lines
from terrarium_sandbox.athena.statements.context import Context, table_name
from terrarium_sandbox.athena.tables.catalog import columns_of, is_view
from terrarium_sandbox.athena.task import Outcome, QueryFailure

__all__ = ["describe", "show"]

_NAME = r"[`\"]?(?P<{0}>[\w$]+)[`\"]?"
_QUALIFIED = rf"(?:{_NAME.format('database')}\.)?{_NAME.format('table')}"
_LIKE = r"(?:\s+(?:LIKE\s+)?'(?P<pattern>[^']*)')?"


def describe(statement: Statement, context: Context) -> Outcome:
    """List the columns of a table, with partition columns in a separate section."""
    tree = statement.tree
    if not isinstance(tree, exp.Describe) or not isinstance(tree.this, exp.Table) or tree.args.get("style"):
        raise QueryFailure("NOT_SUPPORTED", "the sandbox describes tables and views only: DESCRIBE name")
    database, name = table_name(tree.this, context)
    table = context.catalog.table(database, name)
    columns, keys = columns_of(table), table.get("PartitionKeys", [])
    lines = [_described(column) for column in (*columns, *keys)]
    if keys:
        heading = [
            "",
            "# Partition Information",
            "# col_name            \tdata_type           \tcomment             ",
        ]
        lines += [[line] for line in heading] + [_described(key) for key in keys]
    return write_lines(["col_name", "data_type", "comment"], lines, task=context.task, aws=context.aws)


def show(statement: Statement, context: Context) -> Outcome:
    """List databases, tables, views, columns, partitions or properties."""
    for pattern, column, lines in _SHOWN:
        match = re.fullmatch(rf"SHOW\s+{pattern}", statement.text, re.IGNORECASE)
        if match:
            return write_lines(
                [column], ([line] for line in lines(match, context)), task=context.task, aws=context.aws
            )
    raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not run {statement.text.splitlines()[0]}")


def _described(column: Mapping[str, str]) -> list[str]:
    return [
        f"{column['Name']:<20}",
        f"{column.get('Type', 'string'):<20}",
        f"{column.get('Comment', ''):<20}",
    ]


def _databases(match: "re.Match[str]", context: Context) -> Iterable[str]:
    return _matching(context.catalog.databases(), match["pattern"])


def _tables(match: "re.Match[str]", context: Context) -> Iterable[str]:
    tables = context.catalog.tables((match["table"] or context.task.database).lower())
    return _matching((table["Name"] for table in tables), match["pattern"])


def _views(match: "re.Match[str]", context: Context) -> Iterable[str]:
    tables = context.catalog.tables((match["table"] or context.task.database).lower())
    return _matching((table["Name"] for table in tables if is_view(table)), match["pattern"])


def _columns(match: "re.Match[str]", context: Context) -> Iterable[str]:
    table = context.catalog.table(
        (match["database"] or context.task.database).lower(), match["table"].lower()
    )
    for column in (*columns_of(table), *table.get("PartitionKeys", [])):
        yield f"{column['Name']:<20}"


def _partitions(match: "re.Match[str]", context: Context) -> Iterable[str]:
    table = context.catalog.table(
        (match["database"] or context.task.database).lower(), match["table"].lower()
    )
    keys = [key["Name"] for key in table.get("PartitionKeys", [])]
    if not keys:
        raise QueryFailure("", f"FAILED: SemanticException Table {table['Name']} is not a partitioned table")
    for partition in context.catalog.partitions(table):
        yield "/".join(f"{key}={value}" for key, value in zip(keys, partition["Values"], strict=True))


def _properties(match: "re.Match[str]", context: Context) -> Iterable[str]:
    table = context.catalog.table(
        (match["database"] or context.task.database).lower(), match["table"].lower()
    )
    return (f"{key}\t{value}" for key, value in sorted(table.get("Parameters", {}).items()))


def _matching(names: Iterable[str], pattern: str | None) -> Iterable[str]:
    """Yield the names that match a Hive pattern: `*` for any text, `|` between alternatives."""
    choices = pattern.lower().split("|") if pattern else ["*"]
    return (name for name in names if any(fnmatchcase(name, choice) for choice in choices))


_Lines = Callable[["re.Match[str]", Context], Iterable[str]]
_IN = rf"(?:\s+(?:IN|FROM)\s+{_NAME.format('table')})?"
_SHOWN: tuple[tuple[str, str, _Lines], ...] = (
    (rf"(?:DATABASES|SCHEMAS){_LIKE}", "database_name", _databases),
    (rf"TABLES{_IN}{_LIKE}", "tab_name", _tables),
    (rf"VIEWS{_IN}{_LIKE}", "views", _views),
    (rf"COLUMNS\s+(?:IN|FROM)\s+{_QUALIFIED}", "field", _columns),
    (rf"PARTITIONS\s+{_QUALIFIED}", "partition", _partitions),
    (rf"TBLPROPERTIES\s+{_QUALIFIED}", "prpt_name", _properties),
)
