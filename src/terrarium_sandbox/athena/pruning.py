"""The columns and row predicates that a query needs of a table. In doubtful cases, they cover more than needed."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from terrarium_sandbox.athena.tables.table_source import Predicate

__all__ = ["needed_columns", "predicates_on"]

_COMPARISONS: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("=", "="),
    exp.LT: ("<", ">"),
    exp.LTE: ("<=", ">="),
    exp.GT: (">", "<"),
    exp.GTE: (">=", "<="),
}


def needed_columns(statement: exp.Expr, columns: Iterable[str]) -> list[str]:
    """Return the columns whose names occur in the statement, or all columns if it has an unqualified `*`.

    Return at least one column, so that rows can be counted.
    """
    names = list(columns)
    if any(_is_every_column(star) for star in statement.find_all(exp.Star)) or _joins_naturally(statement):
        return names
    said = {identifier.name.lower() for identifier in statement.find_all(exp.Identifier)}
    return [name for name in names if name in said] or names[:1]


def predicates_on(table: exp.Table, columns: Iterable[str]) -> list[Predicate]:
    """Return the comparisons with literals that the query's WHERE requires of every row of `table`."""
    select = table.parent_select
    if not isinstance(select, exp.Select) or select.args.get("where") is None:
        return []
    sources = list(_sources(select))
    if table not in sources:
        return []
    names = set(columns)
    alone = len(sources) == 1 and len(sources) == len(list(_all_sources(select)))
    found = []
    for condition in _conjuncts(select.args["where"].this):
        predicate = _predicate(condition)
        if predicate is None:
            continue
        column, parsed = predicate
        ours = column.table.lower() == table.alias_or_name.lower() if column.table else alone
        if ours and parsed.column in names:
            found.append(parsed)
    return found


def _is_every_column(star: exp.Star) -> bool:
    return not (isinstance(star.parent, exp.Anonymous) and star.parent.name.lower() == "count")


def _joins_naturally(statement: exp.Expr) -> bool:
    return any(join.method == "NATURAL" for join in statement.find_all(exp.Join))


def _all_sources(select: exp.Select) -> Iterator[exp.Expr]:
    if select.args.get("from_"):
        yield select.args["from_"].this
    for join in select.args.get("joins") or ():
        yield join.this
    yield from select.args.get("laterals") or ()


def _sources(select: exp.Select) -> Iterator[exp.Table]:
    return (source for source in _all_sources(select) if isinstance(source, exp.Table))


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    elif isinstance(condition, exp.Between) and not condition.args.get("symmetric"):
        yield exp.GTE(this=condition.this.copy(), expression=condition.args["low"].copy())
        yield exp.LTE(this=condition.this.copy(), expression=condition.args["high"].copy())
    else:
        yield condition


def _predicate(condition: exp.Expr) -> tuple[exp.Column, Predicate] | None:
    if isinstance(condition, exp.In) and isinstance(condition.this, exp.Column):
        values = [_value(one) for one in condition.expressions]
        if values and None not in values:
            return condition.this, Predicate(condition.this.name.lower(), "in", tuple(values))
        return None
    if not isinstance(condition, exp.Binary) or type(condition) not in _COMPARISONS:
        return None
    operator, mirrored = _COMPARISONS[type(condition)]
    left, right = condition.left.unnest(), condition.right.unnest()
    if isinstance(right, exp.Column):
        left, right, operator = right, left, mirrored
    value = _value(right)
    if not isinstance(left, exp.Column) or value is None:
        return None
    return left, Predicate(left.name.lower(), operator, (value,))  # type: ignore[arg-type] # one of the five operators


def _value(node: exp.Expr) -> Any:
    """Return the value of a literal; None for other nodes, and for values that file formats may read differently."""
    node = node.unnest()
    if isinstance(node, exp.Literal):
        if node.is_string:
            return node.name
        return int(node.name) if node.is_int else None
    if isinstance(node, exp.Neg):
        value = _value(node.this)
        return -value if isinstance(value, int | float | Decimal) else None
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.is_string:
        kinds = {exp.DType.DATE: date, exp.DType.TIMESTAMP: datetime}
        kind = kinds.get(node.to.this)
        try:
            return kind.fromisoformat(node.this.name) if kind else None
        except ValueError:
            return None
    return None
