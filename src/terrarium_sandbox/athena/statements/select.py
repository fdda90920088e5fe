"""SELECT and EXPLAIN."""

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from terrarium_sandbox.athena.parsing import Statement, parse
from terrarium_sandbox.athena.results import write_lines, write_rows
from terrarium_sandbox.athena.statements.context import Context
from terrarium_sandbox.athena.task import Outcome, QueryFailure
from terrarium_sandbox.athena.translation import translate

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["explain", "query_rows", "select"]

_UNNAMED = re.compile(r"_col\d+")
_EXPLAIN = re.compile(
    r"EXPLAIN\s+(?P<options>\([^)]*\)\s*)?(?P<analyze>ANALYZE\s+)?(?P<query>.*)", re.IGNORECASE | re.DOTALL
)


def select(statement: Statement, context: Context) -> Outcome:
    """Run a query, and write its rows to the result location."""
    rows = query_rows(_tree(statement), context)
    return write_rows(rows, task=context.task, aws=context.aws, bytes_scanned=context.binding.bytes_scanned)


def query_rows(query: exp.Expr, context: Context) -> "pa.RecordBatchReader":
    """Return the rows of a query, with columns named as Trino names them."""
    import pyarrow as pa

    query = _as_query(query)
    _name_unnamed_columns(query)
    rows = context.engine.query(translate(context.binding.bind(query), context.engine))
    names = [
        f"_col{position}" if _UNNAMED.fullmatch(field.name) else field.name.lower()
        for position, field in enumerate(rows.schema)
    ]
    schema = pa.schema([field.with_name(name) for field, name in zip(rows.schema, names, strict=True)])
    return pa.RecordBatchReader.from_batches(
        schema, (pa.RecordBatch.from_arrays(batch.columns, schema=schema) for batch in rows)
    )


def explain(statement: Statement, context: Context) -> Outcome:
    """Write the plan of the sandbox's engine, with a note that it is not Trino's plan."""
    match = _EXPLAIN.fullmatch(statement.text)
    if match is None or match["options"] or match["analyze"]:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox explains plain queries only: EXPLAIN SELECT ...")
    query = parse(match["query"], context.task.parameters)
    sql = translate(context.binding.bind(_as_query(_tree(query))), context.engine)
    rows = context.engine.query(f"EXPLAIN {sql}").read_all()
    plan = str(rows.column(rows.num_columns - 1)[0]).splitlines()
    lines = ["Query Plan of the sandbox's engine, which is DuckDB, not Trino", *plan]
    return write_lines(["Query Plan"], ([line] for line in lines), task=context.task, aws=context.aws)


def _tree(statement: Statement) -> exp.Expr:
    if not isinstance(statement.tree, exp.Query | exp.Values):
        raise QueryFailure("NOT_SUPPORTED", f"{statement.name} is not a query")
    return statement.tree


def _as_query(query: exp.Expr) -> exp.Expr:
    """Return a bare VALUES as a query."""
    if not isinstance(query, exp.Values):
        return query.unnest() if isinstance(query, exp.Subquery) and not query.alias else query
    width = len(query.expressions[0].expressions) if isinstance(query.expressions[0], exp.Tuple) else 1
    names = [exp.to_identifier(f"_col{position}") for position in range(width)]
    values = query.copy()
    values.set("alias", exp.TableAlias(this=exp.to_identifier("rows"), columns=names))
    return exp.select("*").from_(values)


def _name_unnamed_columns(query: exp.Expr) -> None:
    """Name unnamed columns as Trino does: a field of a row by its name, other columns by position, `_col0`."""
    for select in query.find_all(exp.Select):
        for position, column in enumerate(select.expressions):
            if isinstance(column, exp.Dot):
                column.replace(exp.alias_(column.copy(), column.expression.name, quoted=True))
            elif not isinstance(column, exp.Alias | exp.Column | exp.Star):
                column.replace(exp.alias_(column.copy(), f"_col{position}", quoted=True))
