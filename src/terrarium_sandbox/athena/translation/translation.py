"""`Translation`: generator of DuckDB's SQL from a tree of Athena's SQL."""

import zlib
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from terrarium_sandbox.athena.sql_dialect import JsonFunction
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.call import Call, wrong_arguments
from terrarium_sandbox.athena.translation.engine_types import is_float
from terrarium_sandbox.athena.translation.functions import FUNCTIONS, UNAVAILABLE
from terrarium_sandbox.athena.translation.operators import OperatorTranslation
from terrarium_sandbox.athena.translation.unnesting import unnested

__all__ = ["Translation"]

_OWN = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Add, exp.Sub, exp.Div, exp.Mod, exp.DPipe,
    exp.In, exp.Between, exp.Case, exp.Cast, exp.TryCast, exp.Anonymous, exp.Filter, exp.Window,
    exp.IgnoreNulls, exp.RespectNulls, exp.GroupConcat, exp.Bracket, exp.Extract, exp.AtTimeZone,
    exp.Unnest, exp.Substring, exp.StrPosition, exp.Trim, exp.ParseJSON, exp.CurrentTimestamp,
    exp.Localtimestamp, exp.CurrentTime, exp.Localtime, exp.Fetch, exp.MatchRecognize, exp.Table,
    exp.CurrentUser, exp.CurrentCatalog, exp.CurrentSchema, exp.Normalize, exp.HexString, exp.Lambda,
    exp.JSONExtract,
)  # fmt: skip


class Translation(OperatorTranslation):
    """One round of a translation.

    Args:
        types: The known types of observed operands.
        observing: Whether the engine must report types again.
    """

    TRANSFORMS: ClassVar = {
        kind: write for kind, write in DuckDBGenerator.TRANSFORMS.items() if kind not in _OWN
    }

    def __init__(self, types: Mapping[str, str], *, observing: bool) -> None:
        super().__init__(dialect=DuckDB(), unsupported_level=ErrorLevel.RAISE, comments=False)
        self._types = types
        self._observing = observing
        self._scopes: list[Any] = [None]
        self.observes = False
        self._dispatch = {**self._dispatch, JsonFunction: Translation.jsonfunction_sql}

    def type_of(self, node: exp.Expr) -> str:
        """Return the type of an operand that the engine has reported; empty if it has not."""
        return self._types.get(self._key(node), "")

    def observed(self, text: str, node: exp.Expr) -> str:
        """Return an operand's SQL that reports its type to the engine's observer when it is bound."""
        if not self._observing:
            return text
        self.observes = True
        key = self._key(node)
        # DuckDB evaluates a constant pattern when it binds the call, even within a lambda.
        observed = f"regexp_matches('', trino_observe('{key}', typeof(o{key})))"
        return f"list_transform([{text}], lambda o{key}: CASE WHEN {observed} THEN o{key} ELSE o{key} END)[1]"

    def _key(self, node: exp.Expr) -> str:
        text = f"{self._scopes[-1]}|{node.sql()}"
        return f"{zlib.crc32(text.encode()):08x}{len(text):x}"

    def call(self, name: str, *nodes: exp.Expr) -> str:
        """Return a call of a Trino function."""
        return self._called(Call(self, name, list(nodes)))

    # Queries

    def select_sql(self, expression: exp.Select) -> str:
        limit = expression.args.get("limit")
        options = limit.args.get("limit_options") if isinstance(limit, exp.Fetch) else None
        if options is not None and options.args.get("with_ties"):
            raise QueryFailure("NOT_SUPPORTED", "the sandbox does not run FETCH FIRST ... WITH TIES")
        self._scopes.append(expression.meta.get("scope"))
        try:
            return super().select_sql(expression)
        finally:
            self._scopes.pop()

    def table_sql(self, expression: exp.Table, sep: str = " AS ") -> str:
        if not isinstance(expression.this, exp.Identifier):
            name = expression.this.name if isinstance(expression.this, exp.Expr) else str(expression.this)
            raise QueryFailure("FUNCTION_NOT_FOUND", f"Table function '{name.lower()}' not registered")
        return super().table_sql(expression, sep)

    def join_sql(self, expression: exp.Join, join_op: str | None = None) -> str:
        """Write a join. JOIN USING floating-point columns does not match NaN either."""
        names = expression.args.get("using") or []
        source = expression.this
        if not names or not source.alias_or_name:
            return super().join_sql(expression, join_op)
        columns = [self.argument(exp.column(name.name, table=source.alias_or_name)) for name in names]
        kinds = [column.type for column in columns]
        columns = [column for column, kind in zip(columns, kinds, strict=True) if not kind or is_float(kind)]
        if not columns:
            return super().join_sql(expression, join_op)
        if any(map(is_float, kinds)) and expression.side in {"RIGHT", "FULL"}:
            raise QueryFailure(
                "NOT_SUPPORTED",
                f"the sandbox does not support {expression.side} JOIN USING floating-point columns: write ON a.x = b.x",
            )
        conditions = " AND ".join(
            f"NOT coalesce(isnan({column}), FALSE)"
            if is_float(column.type)
            else f"({column} IS NULL OR TRUE)"
            for column in columns
        )
        alias = self.sql(exp.to_identifier(source.alias_or_name))
        text = f"(SELECT * FROM {self.sql(source)} WHERE {conditions}) AS {alias}"  # noqa: S608 - the SQL is translated
        joined = expression.copy()
        joined.set("this", exp.Var(this=text))
        return super().join_sql(joined, join_op)

    def matchrecognize_sql(self, _: exp.MatchRecognize) -> str:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox does not run MATCH_RECOGNIZE")

    def unnest_sql(self, expression: exp.Unnest) -> str:
        return unnested(self, expression)

    # Calls

    def anonymous_sql(self, expression: exp.Anonymous) -> str:
        return self._modified(expression, "")

    def groupconcat_sql(self, expression: exp.GroupConcat) -> str:
        return self._modified(expression, "")

    def filter_sql(self, expression: exp.Filter) -> str:
        return self._modified(expression, "")

    def ignorenulls_sql(self, expression: exp.IgnoreNulls) -> str:
        return self._modified(expression, "")

    def respectnulls_sql(self, expression: exp.RespectNulls) -> str:
        return self._modified(expression, "")

    def window_sql(self, expression: exp.Window) -> str:
        if expression.arg_key == "windows":
            return super().window_sql(expression)
        bare = expression.copy()
        called = expression.this
        bare.set("this", exp.Var(this=""))
        return self._modified(called, f" {super().window_sql(bare).strip()}")

    def _modified(self, node: exp.Expr, over: str) -> str:
        where, nulls = None, ""
        while not isinstance(node, exp.Anonymous | exp.GroupConcat):
            if isinstance(node, exp.Filter):
                where = node.expression.this
            elif isinstance(node, exp.IgnoreNulls):
                nulls = " IGNORE NULLS"
            elif not isinstance(node, exp.RespectNulls):
                raise QueryFailure("FUNCTION_NOT_FOUND", f"{node.sql('trino')} is not a function")
            node = node.this
        if isinstance(node, exp.GroupConcat):
            if node.args.get("on_overflow"):
                raise QueryFailure("NOT_SUPPORTED", "the sandbox's listagg has no ON OVERFLOW")
            separator = node.args.get("separator") or exp.Literal.string("")
            return self._called(Call(self, "listagg", [node.this, separator], where=where, over=over))
        call = Call(self, node.name.lower(), list(node.expressions), where=where, over=over, nulls=nulls)
        return self._called(call)

    def _called(self, call: Call) -> str:
        found = FUNCTIONS.get(call.name)
        if found is None:
            if call.name in UNAVAILABLE or call.name.startswith("st_"):
                raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not have the function {call.name}")
            raise QueryFailure("FUNCTION_NOT_FOUND", f"Function '{call.name}' not registered")
        if len(call) < found.fewest or (found.most is not None and len(call) > found.most):
            raise wrong_arguments(call)
        if call.is_filtered and not found.aggregate:
            raise QueryFailure(
                "FUNCTION_NOT_AGGREGATE", f"FILTER and OVER need an aggregate or window function: {call.name}"
            )
        if (call.distinct or call.order) and not found.aggregate:
            raise QueryFailure(
                "FUNCTION_NOT_AGGREGATE", f"DISTINCT and ORDER BY need an aggregate function: {call.name}"
            )
        return found.build(call)
