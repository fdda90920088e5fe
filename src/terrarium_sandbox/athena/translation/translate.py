"""Translation of a statement's tree to the engine's SQL, in rounds.

The semantics of many Trino functions depend on types: `x[i]` of an array, a map and a row, `a / b` of integers and
decimals. Therefore, the statement is translated once with each such operand observed, and the engine binds it without
running it; binding reports the types. This is repeated until no type changes, because a better translation may have a
different type.
"""

from collections.abc import Mapping
from typing import Protocol

from sqlglot import exp
from sqlglot.errors import UnsupportedError

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.translation import Translation

__all__ = ["TypeObserver", "translate"]

_MOST_ROUNDS = 12


class TypeObserver(Protocol):
    """An engine that binds statements and reports the types of observed operands."""

    def observed_types(self, sql: str) -> tuple[Mapping[str, str], QueryFailure | None]:
        """Bind a statement without running it; return the types by key, and the binding error if any."""
        ...


def translate(tree: exp.Expr, engine: TypeObserver) -> str:
    """Return the engine's SQL of a statement.

    Raises:
        QueryFailure: The statement uses an unsupported feature, or cannot be bound.
    """
    for number, query in enumerate(tree.find_all(exp.Query, exp.DML)):
        query.meta["scope"] = number
    types: dict[str, str] = {}
    for _ in range(_MOST_ROUNDS):
        translation = Translation(types, observing=True)
        sql = _generated(translation, tree)
        if not translation.observes:
            return sql
        found, failure = engine.observed_types(sql)
        known = {**types, **found}
        if known == types:
            if failure is not None:
                raise failure
            break
        types = known
    return _generated(Translation(types, observing=False), tree)


def _generated(translation: Translation, tree: exp.Expr) -> str:
    try:
        return translation.generate(tree)
    except UnsupportedError as error:
        raise QueryFailure("NOT_SUPPORTED", f"the sandbox's engine does not support this: {error}") from error
    except RecursionError as error:
        raise QueryFailure(
            "STACK_OVERFLOW", "statement is too large (stack overflow during analysis)"
        ) from error
