"""Parsing of Athena's SQL: the statement's tree and kind."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from terrarium_sandbox.athena.sql_dialect import AthenaSql
from terrarium_sandbox.athena.task import QueryFailure

__all__ = ["Statement", "literals", "parse", "view_query"]

Kind = Literal["DDL", "DML", "UTILITY"]

_COMMENTS = re.compile(r"\A(\s+|--[^\n]*(\n|\Z)|/\*.*?\*/)*", re.DOTALL)
# sqlglot does not parse these. The functions that run them parse the text.
_COMMANDS: dict[str, tuple[str, Kind]] = {
    "EXPLAIN": ("EXPLAIN", "UTILITY"),
    "MSCK": ("MSCK_REPAIR_TABLE", "DDL"),
    "SHOW": ("SHOW", "UTILITY"),
    "UNLOAD": ("UNLOAD", "DML"),
}
_TREES: tuple[tuple[type[exp.Expr], str, Kind], ...] = (
    (exp.Query, "SELECT", "DML"),
    (exp.Values, "SELECT", "DML"),
    (exp.Insert, "INSERT", "DML"),
    (exp.Delete, "DELETE", "DML"),
    (exp.Update, "UPDATE", "DML"),
    (exp.Merge, "MERGE", "DML"),
    (exp.Describe, "DESCRIBE", "UTILITY"),
    (exp.Alter, "ALTER", "DDL"),
    (exp.Drop, "DROP", "DDL"),
)

# sqlglot parses the content of these twice, as a type and as a value, so that its time doubles with each level.
_BRACKETS = re.compile(r"""'[^']*'|"[^"]*"|\b(ARRAY|MAP|ROW|STRUCT)\s*[\[(]|[\[(]|[\])]""", re.IGNORECASE)
_MOST_LEVELS = 12  # of such constructors within each other; 12 levels take 0.2 s

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns about statements that are parsed here


@dataclass(frozen=True)
class Statement:
    """A parsed statement. `tree` is None for statements that are kept as text."""

    kind: Kind
    name: str
    text: str
    tree: exp.Expr | None


def parse(sql: str, parameters: Sequence[str] = ()) -> Statement:
    """Parse one statement, and insert its parameters.

    Raises:
        QueryFailure: The text is not exactly one statement of Athena's SQL, or its parameters do not match.
    """
    if any("\ud800" <= character <= "\udfff" for character in sql):
        raise QueryFailure("", "the query has an unpaired surrogate, which is not a character")
    text = _COMMENTS.sub("", sql).rstrip().removesuffix(";").rstrip()
    first = text.split(None, 1)[0].upper() if text else ""
    if first in _COMMANDS:
        name, kind = _COMMANDS[first]
        if parameters:
            raise QueryFailure("", f"{name} takes no parameters")
        return Statement(kind, name, text, None)
    tree = _with_parameters(_tree(sql), parameters)
    if isinstance(tree, exp.Create):
        with_query = tree.kind == "TABLE" and tree.expression is not None
        suffix = "_AS_SELECT" if with_query else ""
        return Statement("DDL", f"CREATE_{tree.kind}{suffix}", text, tree)
    for kind_of_tree, name, kind in _TREES:
        if isinstance(tree, kind_of_tree):
            if isinstance(tree, exp.Drop | exp.Alter):
                name = f"{name}_{tree.args.get('kind')}"
            return Statement(kind, name, text, tree)
    raise QueryFailure("", f"Queries of this type are not supported: {first or 'an empty query'}")


def _check_nesting(sql: str) -> None:
    """Refuse constructors of arrays, maps and rows that are nested too deeply for sqlglot.

    Raises:
        QueryFailure: The statement has more levels than the sandbox can parse in a reasonable time.
    """
    constructors: list[bool] = []  # whether each open bracket belongs to a constructor
    levels = 0
    for match in _BRACKETS.finditer(sql):
        if match[0] in "])":
            levels -= constructors.pop() if constructors else False
        elif match[0][-1] in "[(":
            constructors.append(match[1] is not None)
            levels += constructors[-1]
        if levels > _MOST_LEVELS:
            raise QueryFailure(
                "",
                f"the sandbox cannot parse more than {_MOST_LEVELS} levels of ARRAY, MAP and ROW within each other",
            )


def _tree(sql: str) -> exp.Expr:
    _check_nesting(sql)
    try:
        trees = [tree for tree in sqlglot.parse(sql, read=AthenaSql) if tree is not None]
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        where = f"line {first.get('line', 1)}:{first.get('col', 1)}: "
        raise QueryFailure("", where + f"mismatched input '{first.get('highlight', '')}'") from error
    except TokenError as error:
        raise QueryFailure("", f"line 1:1: {error}") from error
    except RecursionError as error:
        raise QueryFailure(
            "STACK_OVERFLOW", "statement is too large (stack overflow while parsing)"
        ) from error
    if len(trees) != 1:
        raise QueryFailure("", "Only one sql statement is allowed")
    return trees[0]


def _with_parameters(tree: exp.Expr, parameters: Sequence[str]) -> exp.Expr:
    places = [place for place in tree.find_all(exp.Placeholder, bfs=False) if place.this is None]
    if len(places) != len(parameters):
        raise QueryFailure(
            "INVALID_PARAMETER_USAGE",
            f"Incorrect number of parameters: expected {len(places)} but found {len(parameters)}",
        )
    for place, text in zip(places, parameters, strict=True):
        place.replace(exp.Paren(this=_literal(text)))
    return tree


def _literal(text: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(text, read=AthenaSql)
    except (ParseError, TokenError, RecursionError) as error:
        raise QueryFailure("", f"the parameter {text!r} is not an SQL literal") from error
    if any(tree.find_all(exp.Column, exp.Query, exp.Table)):
        raise QueryFailure("", f"the parameter {text!r} is not an SQL literal; strings need single quotes")
    return tree


def literals(text: str) -> list[str]:
    """Return the values of EXECUTE ... USING as they are written.

    Raises:
        QueryFailure: The text is not a list of expressions.
    """
    try:
        tokens = AthenaSql().tokenize(text)
        sqlglot.parse_one(f"SELECT {text}", read=AthenaSql)
    except (ParseError, TokenError, RecursionError) as error:
        raise QueryFailure("", f"the values {text!r} are not SQL literals") from error
    values, depth, begin = [], 0, 0
    for token in tokens:
        depth += (
            {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0) if token.token_type.name != "STRING" else 0
        )
        if token.token_type.name == "COMMA" and depth == 0:
            values.append(text[begin : token.start].strip())
            begin = token.end + 1
    return [*values, text[begin:].strip()]


def view_query(statement: Statement) -> str:
    """Return the query of a CREATE VIEW as written: the text after the first AS."""
    beginning = next(token for token in AthenaSql().tokenize(statement.text) if token.text.upper() == "AS")
    return statement.text[beginning.end + 1 :].strip()
