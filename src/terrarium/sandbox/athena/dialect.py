"""Athena's SQL put into DuckDB's: what sqlglot does, and what it leaves to be done.

Where the two mean different things by the same words, the statement is rewritten to mean Trino's; where that cannot be
done, it fails.
"""

from collections.abc import Callable, Mapping

from sqlglot import ErrorLevel, exp
from sqlglot.errors import UnsupportedError

from terrarium.sandbox.athena.datetime_patterns import strftime_pattern
from terrarium.sandbox.athena.task import QueryFailure

__all__ = ["duckdb_sql", "name_unnamed_columns"]

_INTEGERS = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT)


def duckdb_sql(tree: exp.Expr) -> str:
    """The statement for DuckDB; `tree` is changed.

    Raises:
        QueryFailure: It uses what DuckDB has no counterpart of.
    """
    root = exp.Paren(this=tree)  # so that the tree itself has a parent, too
    for node in reversed(list(tree.walk())):  # from the leaves up: what is rewritten holds what was
        rewrite = _REWRITES.get(type(node))
        rewritten = rewrite(node) if rewrite else node
        if rewritten is not node:
            node.replace(rewritten)
    statement: exp.Expr = root.this
    try:
        return statement.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox's engine cannot do this: {error}") from error


def name_unnamed_columns(query: exp.Expr) -> None:
    """Call what has no name as Trino does: a row's field by its own, the rest by position, `_col0`."""
    for select in query.find_all(exp.Select):
        for position, column in enumerate(select.expressions):
            if isinstance(column, exp.Dot):
                column.replace(exp.alias_(column.copy(), column.expression.name, quoted=True))
            elif not isinstance(column, exp.Alias | exp.Column | exp.Star):
                column.replace(exp.alias_(column.copy(), f"_col{position}", quoted=True))


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def _interval_arithmetic(node: exp.Expr) -> exp.Expr:
    """A date plus days is a date to Trino, and a moment to DuckDB; between two dates is an interval, not a number."""
    adds_interval = isinstance(node, exp.DateAdd) or isinstance(node.expression, exp.Interval)
    if adds_interval and is_date(node.this):
        return exp.cast(node.copy(), exp.DType.DATE)
    if isinstance(node, exp.Sub) and is_date(node.this) and is_date(node.expression):
        return _call("TO_DAYS", node)
    return node


def _truncated(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), exp.DType.DATE) if is_date(node.this) else node


def is_date(node: exp.Expr) -> bool:
    """Whether an expression is known to be a date."""
    node = node.unnest()
    if isinstance(node, exp.Cast):
        return bool(node.to.is_type(exp.DType.DATE))
    return isinstance(node, exp.CurrentDate | exp.Date | exp.LastDay) or bool(node.meta.get("is_date"))


def _at_time_zone(node: exp.Expr) -> exp.Expr:
    """Trino takes a moment without a zone for UTC's; DuckDB, for the zone's own."""
    moment = exp.cast(node.this.copy(), exp.DType.TIMESTAMPTZ)
    return exp.AtTimeZone(this=moment, zone=node.args["zone"].copy())


def _cast(node: exp.Expr) -> exp.Expr:
    """On the way to integers, Trino rounds halves of doubles away from zero; DuckDB, to the even neighbour."""
    value, to = node.this, node.args["to"]
    if to.this == exp.DType.DECIMAL and not to.expressions:
        return type(node)(this=value.copy(), to=_plain_decimal(value))
    if to.this not in _INTEGERS or value.is_int or value.is_string:
        return node
    rounded = _call("ROUND", exp.TryCast(this=value.copy(), to=exp.DataType.build("DOUBLE")))
    is_float = _call("trino_is_float", value)
    return exp.Case(
        ifs=[exp.If(this=is_float, true=type(node)(this=rounded, to=to.copy()))], default=node.copy()
    )


def _plain_decimal(value: exp.Expr) -> exp.DataType:
    """Without precision and scale, a cast means (38, 0), and a literal as many digits as it has."""
    if value.is_string:  # DECIMAL '1.5' and CAST('1.5' AS DECIMAL) come as one
        raise QueryFailure(
            "NOT_SUPPORTED", "the sandbox needs precision and scale: CAST('1.5' AS DECIMAL(2, 1))"
        )
    return exp.DataType.build("DECIMAL(38, 0)")


def _date_diff(node: exp.Expr) -> exp.Expr:
    """Trino counts whole units; DuckDB's date_diff, the boundaries between."""
    unit = exp.Literal.string(node.args["unit"].name.lower())
    return _call("DATE_SUB", unit, node.expression, node.this)


def _extract(node: exp.Expr) -> exp.Expr:
    """To Trino, Monday is 1; to DuckDB's DOW, Sunday is 0."""
    if node.name.upper() in {"DOW", "DAY_OF_WEEK"}:
        return exp.Extract(this=exp.var("ISODOW"), expression=node.expression.copy())
    return node


def _parse_datetime(node: exp.Expr) -> exp.Expr:
    moment = _call("STRPTIME", node.this, _strftime(node.args["format"]))
    return exp.cast(moment, exp.DType.TIMESTAMPTZ)


def _rand(node: exp.Expr) -> exp.Expr:
    """random(n) is an integer below n, random(m, n) one from m on."""
    if node.this is None:
        return node
    second = node.args.get("lower")
    if second is None:
        return _call("trino_random", exp.Literal.number(0), node.this)
    return _call("trino_random", node.this, second)


def _regexp_extract(node: exp.Expr) -> exp.Expr:
    """No match is null, not an empty text."""
    group = node.args.get("group") or exp.Literal.number(0)
    return _call("trino_regexp_extract", node.this, node.expression, group)


def _unix_to_time(node: exp.Expr) -> exp.Expr:
    zone = node.args.get("zone")
    if zone is not None and zone.name != "UTC":
        raise QueryFailure(
            "NOT_SUPPORTED", "the sandbox shows moments in UTC: from_unixtime takes no other zone"
        )
    return node


def _reduce(node: exp.Expr) -> exp.Expr:
    """DuckDB's has no last step; where that changes nothing, it is left out."""
    last = node.args.get("finish")
    if isinstance(last, exp.Lambda) and [one.name for one in last.expressions] == [last.this.name]:
        node.set("finish", None)
    return node


def _table(node: exp.Expr) -> exp.Expr:
    if not isinstance(node.this, exp.Identifier):
        raise QueryFailure(
            "FUNCTION_NOT_FOUND", f"Table function '{node.this.sql_name().lower()}' not registered"
        )
    return node


def _typeof(_: exp.Expr) -> exp.Expr:
    raise QueryFailure(
        "NOT_SUPPORTED", "the sandbox does not answer typeof: its engine's types have other names"
    )


def _anonymous(node: exp.Expr) -> exp.Expr:
    arguments = node.expressions
    match node.name.upper():
        case "NAN" | "INFINITY":
            return exp.cast(exp.Literal.string(node.name.lower()), exp.DType.DOUBLE)
        case "EVERY":
            return exp.LogicalAnd(this=arguments[0].copy())
        case "AT_TIMEZONE":
            return _at_time_zone(exp.AtTimeZone(this=arguments[0].copy(), zone=arguments[1].copy()))
        case "WITH_TIMEZONE":
            return _call("TIMEZONE", arguments[1], arguments[0])
        case "MAP_AGG":
            return _call("MAP", *(_call("LIST", argument) for argument in arguments))
        case "FORMAT_DATETIME":
            return _call("STRFTIME", arguments[0], _strftime(arguments[1]))
    return node


def _strftime(pattern: exp.Expr) -> exp.Expr:
    if not pattern.is_string:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox takes patterns of dates as literals only")
    return exp.Literal.string(strftime_pattern(pattern.name))


_REWRITES: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Add: _interval_arithmetic,
    exp.Anonymous: _anonymous,
    exp.ArrayPosition: lambda node: _call("trino_array_position", node.this, node.expression),
    exp.AtTimeZone: _at_time_zone,
    exp.Cast: _cast,
    exp.DateAdd: _interval_arithmetic,
    exp.DateDiff: _date_diff,
    exp.DateTrunc: _truncated,
    exp.Div: lambda node: _call("trino_quotient", node.this, node.expression),
    exp.Extract: _extract,
    exp.Format: lambda node: _call("PRINTF", node.this, *node.expressions),
    exp.ParseDatetime: _parse_datetime,
    exp.Rand: _rand,
    exp.Reduce: _reduce,
    exp.RegexpExtract: _regexp_extract,
    exp.SplitPart: lambda node: _call(
        "trino_split_part", node.this, node.args["delimiter"], node.args["part_index"]
    ),
    exp.Sub: _interval_arithmetic,
    exp.Substring: lambda node: _call(
        "trino_substr", *filter(None, (node.this, node.args.get("start"), node.args.get("length")))
    ),
    exp.Table: _table,
    exp.TimestampTrunc: _truncated,
    exp.TryCast: _cast,
    exp.Typeof: _typeof,
    exp.UnixToTime: _unix_to_time,
}
