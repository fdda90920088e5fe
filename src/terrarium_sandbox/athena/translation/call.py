"""A call of a Trino function, with its arguments, during translation."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.literal_types import literal_type

__all__ = ["Argument", "Call", "Function", "OperandTranslation", "function", "sql", "text_literal"]

_SIMPLE = (exp.Column, exp.Identifier, exp.Literal, exp.Var, exp.Anonymous, exp.Null, exp.Boolean, exp.Array,
           exp.Cast, exp.Case, exp.Paren, exp.Bracket, exp.Star)  # fmt: skip
_LETTERS = "abcdefgh"
# Nodes in which an identifier is a name and not a reference to a lambda's parameter.
_NAMES = (exp.Column, exp.Alias, exp.ColumnDef, exp.TableAlias, exp.Table, exp.Kwarg, exp.PropertyEQ)


class OperandTranslation(Protocol):
    """The part of a translation that writes operands."""

    def argument(self, node: exp.Expr) -> "Argument":
        """Return a node as an operand whose type can be asked for."""
        ...

    def type_of(self, node: exp.Expr) -> str:
        """Return the engine's type of an operand; empty while it is not known."""
        ...

    def observed(self, text: str, node: exp.Expr) -> str:
        """Return an operand's SQL, from which the engine reports the operand's type."""
        ...

    def call(self, name: str, *nodes: exp.Expr) -> str:
        """Return a call of one of Trino's functions."""
        ...

    def sql(self, expression: str | exp.Expr | None) -> str:
        """Return the SQL of a node."""
        ...


class Argument:
    """An argument: its SQL for the engine, and its type if known.

    Read `type` before the SQL, so that the SQL includes the observation of the type.
    """

    def __init__(self, translation: OperandTranslation, node: exp.Expr) -> None:
        self._translation = translation
        self.node = node
        self._asks = False
        self._sql: str | None = None

    @property
    def type(self) -> str:
        """The engine's type; empty if not yet known."""
        static = literal_type(self.node)
        if static:
            return static
        self._asks = True
        return self._translation.type_of(self.node)

    def __str__(self) -> str:
        if self._sql is None:
            text = self._translation.sql(self.node)
            if not isinstance(self.node, _SIMPLE):
                text = f"({text})"
            self._sql = self._translation.observed(text, self.node) if self._asks else text
        return self._sql

    def __format__(self, spec: str) -> str:
        return str(self)

    @property
    def is_null(self) -> bool:
        """True if the argument is the literal NULL."""
        return isinstance(self.node.unnest(), exp.Null)

    @property
    def is_lambda(self) -> bool:
        """True if the argument is a lambda expression."""
        return isinstance(self.node, exp.Lambda)

    def apply(self, *values: str) -> str:
        """Return the lambda's body with SQL in place of its parameters.

        Raises:
            QueryFailure: The argument is not a lambda, or has another number of parameters.
        """
        names = [one.name.lower() for one in self.node.expressions] if self.is_lambda else []
        if len(names) != len(values):
            raise QueryFailure(
                "TYPE_MISMATCH", f"expected a lambda with {len(values)} parameters: {self.node.sql('trino')}"
            )
        body = exp.Paren(this=self.node.this.copy())
        replacements = dict(zip(names, values, strict=True))
        for identifier in list(_references(body)):
            name = identifier.name.lower()
            if name in replacements and not _is_shadowed(identifier, name):
                identifier.replace(exp.Var(this=replacements[name]))
        return self._translation.sql(body)

    def as_lambda(self, *names: str) -> str:
        """Return the lambda in the engine's syntax, with the given parameter names."""
        return f"lambda {', '.join(names)}: {self.apply(*names)}"

    def variable(self, suffix: str = "") -> str:
        """Return a parameter name that is unique in the query."""
        return f"v{zlib.crc32(self.node.sql().encode()):x}{suffix}"


def _references(body: exp.Expr) -> Iterator[exp.Identifier]:
    for identifier in body.find_all(exp.Identifier):
        parent = identifier.parent
        is_field = isinstance(parent, exp.Dot) and identifier.arg_key == "expression"
        is_parameter = isinstance(parent, exp.Lambda) and identifier.arg_key == "expressions"
        if not (isinstance(parent, _NAMES) or is_field or is_parameter):
            yield identifier


def _is_shadowed(identifier: exp.Expr, name: str) -> bool:
    node = identifier.parent
    while node is not None:
        if isinstance(node, exp.Lambda) and name in {one.name.lower() for one in node.expressions}:
            return True
        node = node.parent
    return False


class Call:
    """A call of a function.

    Args:
        translation: The translation that contains the call.
        name: The name of the function, in lower case.
        nodes: The arguments.
        where: The condition of FILTER.
        over: The window, starting with OVER.
        nulls: `IGNORE NULLS` or empty.
    """

    def __init__(
        self,
        translation: OperandTranslation,
        name: str,
        nodes: list[exp.Expr],
        *,
        where: exp.Expr | None = None,
        over: str = "",
        nulls: str = "",
    ) -> None:
        self.translation = translation
        self.name = name
        self.over = over
        self.nulls = nulls
        self._where = where
        self.distinct = False
        self.order = ""
        plain: list[exp.Expr] = []
        for node in nodes:
            plain.extend(self._without_modifiers(node))
        self.arguments = [Argument(translation, node) for node in plain]

    def _without_modifiers(self, node: exp.Expr) -> list[exp.Expr]:
        if isinstance(node, exp.Order):
            ordering = ", ".join(self.translation.sql(one) for one in node.expressions)
            self.order = f" ORDER BY {ordering}"
            node = node.this
        if isinstance(node, exp.Distinct):
            self.distinct = True
            return list(node.expressions)
        return [node]

    def __getitem__(self, position: int) -> Argument:
        if position >= len(self.arguments):
            raise wrong_arguments(self)
        return self.arguments[position]

    def __len__(self) -> int:
        return len(self.arguments)

    def argument_list(self) -> str:
        """Return all arguments, separated by commas."""
        return ", ".join(map(str, self.arguments))

    def aggregate(self, text: str, *, where: str = "") -> str:
        """Return an aggregate or window function of the engine, with this call's FILTER and OVER."""
        conditions = [where] if where else []
        if self._where is not None:
            conditions.append(f"({self.translation.sql(self._where)})")
        condition = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        return f"{text}{condition}{self.over}"

    @property
    def is_filtered(self) -> bool:
        """True if the call has FILTER or OVER."""
        return self._where is not None or bool(self.over)

    def let(self, value: str, body: Callable[[str], str]) -> str:
        """Return an expression that uses a value several times but computes it once."""
        name = f"v{zlib.crc32(value.encode()):x}"
        return f"list_transform([{value}], lambda {name}: {body(name)})[1]"

    def refuse(self, reason: str) -> QueryFailure:
        """Return the failure of a call that the sandbox does not support."""
        return QueryFailure("NOT_SUPPORTED", f"the sandbox's {self.name} {reason}")


@dataclass(frozen=True, kw_only=True)
class Function:
    """The translation of calls of a function.

    Args:
        build: Returns the SQL.
        fewest: The minimum number of arguments.
        most: The maximum number of arguments; None for no limit.
        aggregate: Whether the function accepts FILTER and OVER.
    """

    build: Callable[[Call], str]
    fewest: int
    most: int | None
    aggregate: bool = False


def function(
    build: Callable[[Call], str], fewest: int, most: int | None = -1, *, aggregate: bool = False
) -> Function:
    """Return a function with exactly `fewest` arguments, or with `fewest` to `most`."""
    return Function(build=build, fewest=fewest, most=fewest if most == -1 else most, aggregate=aggregate)


def sql(*templates: str) -> Function:
    """Return a function whose SQL is a template of its arguments `{a}`, `{b}`…, one template per number of them."""
    by_count = {_count(template): template for template in templates}

    def build(call: Call) -> str:
        template = by_count.get(len(call))
        if template is None:
            raise wrong_arguments(call)
        return template.format(**dict(zip(_LETTERS, call.arguments, strict=False)))

    return Function(build=build, fewest=min(by_count), most=max(by_count))


def wrong_arguments(call: Call) -> QueryFailure:
    """Return the failure of a call with a wrong number of arguments."""
    return QueryFailure(
        "FUNCTION_NOT_FOUND", f"Unexpected number of parameters ({len(call)}) for function '{call.name}'"
    )


def _count(template: str) -> int:
    return sum(f"{{{letter}}}" in template for letter in _LETTERS)


def text_literal(argument: Argument, call: Call) -> str:
    """Return the value of an argument that must be a text literal."""
    node = argument.node.unnest()
    if not node.is_string:
        raise call.refuse("supports only a literal as this argument")
    return str(node.name)
