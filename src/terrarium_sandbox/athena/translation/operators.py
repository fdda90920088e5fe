"""Translation of operators, and of functions with special syntax."""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.generators.duckdb import DuckDBGenerator

from terrarium_sandbox.athena.sql_dialect import JsonFunction
from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.arithmetic import added, concatenated, divided, remainder
from terrarium_sandbox.athena.translation.call import Argument
from terrarium_sandbox.athena.translation.casts import cast
from terrarium_sandbox.athena.translation.comparisons import compared, is_in, is_not_a_number, may_be_float
from terrarium_sandbox.athena.translation.json_calls import json_call
from terrarium_sandbox.athena.translation.subscripts import subscript

__all__ = ["OperatorTranslation"]

_COMPARISONS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_FIELDS = {
    "DAY_OF_MONTH": "day", "DOW": "isodow", "DAY_OF_WEEK": "isodow", "DOY": "doy", "DAY_OF_YEAR": "doy",
    "YOW": "isoyear", "YEAR_OF_WEEK": "isoyear", "WEEK": "week", "WEEK_OF_YEAR": "week", "YEAR": "year",
    "QUARTER": "quarter", "MONTH": "month", "DAY": "day", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second",
}  # fmt: skip
_WHITESPACE = "' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)"
_FIELD_FUNCTIONS = {"DOW": "day_of_week", "DOY": "day_of_year", "YOW": "year_of_week", "WEEK_OF_YEAR": "week"}


class OperatorTranslation(DuckDBGenerator):
    """The part of a translation that writes operators, with one method per kind of node."""

    def argument(self, node: exp.Expr) -> Argument:
        """Return a node as an operand whose type can be observed."""
        return Argument(self, node)

    def type_of(self, node: exp.Expr) -> str:
        """Return the type of an operand that the engine has reported; empty if it has not."""
        raise NotImplementedError

    def observed(self, text: str, node: exp.Expr) -> str:
        """Return an operand's SQL that reports its type to the engine's observer when it is bound."""
        raise NotImplementedError

    def call(self, name: str, *nodes: exp.Expr) -> str:
        """Return a call of a Trino function."""
        raise NotImplementedError

    def _comparison(self, expression: exp.Binary) -> str:
        right = expression.right
        if isinstance(right, exp.Any | exp.All):
            return f"{self.sql(expression.left)} {_COMPARISONS[type(expression)]} {self.sql(right)}"
        sides = [_unpadded(side) for side in (expression.left, right)]
        if not any(isinstance(side, exp.Anonymous) and side.name == "rtrim" for side in sides):
            sides = [expression.left, right]
        left, other = (self.argument(side) for side in sides)
        return compared(left, _COMPARISONS[type(expression)], other)

    def eq_sql(self, expression: exp.EQ) -> str:
        if isinstance(expression.parent, exp.Update) and expression.arg_key == "expressions":
            return f"{self.sql(expression.left)} = {self.sql(expression.right)}"  # an assignment to a column
        return self._comparison(expression)

    def neq_sql(self, expression: exp.NEQ) -> str:
        return self._comparison(expression)

    def lt_sql(self, expression: exp.LT) -> str:
        return self._comparison(expression)

    def lte_sql(self, expression: exp.LTE) -> str:
        return self._comparison(expression)

    def gt_sql(self, expression: exp.GT) -> str:
        return self._comparison(expression)

    def gte_sql(self, expression: exp.GTE) -> str:
        return self._comparison(expression)

    def between_sql(self, expression: exp.Between) -> str:
        value, low, high = (self.argument(expression.args[key]) for key in ("this", "low", "high"))
        if not may_be_float(value, low, high):
            return f"{value} BETWEEN {low} AND {high}"
        return f"({compared(value, '>=', low)} AND {compared(value, '<=', high)})"

    def in_sql(self, expression: exp.In) -> str:
        query = expression.args.get("query")
        if query is None:
            return is_in(
                self.argument(expression.this), [self.argument(item) for item in expression.expressions]
            )
        value = self.argument(expression.this)
        kind = "" if isinstance(expression.this, exp.Tuple) else value.type
        text = self.sql(query)
        if is_not_a_number(str(value), kind):
            numbers = "NOT coalesce(isnan(CAST(i AS DOUBLE)), FALSE)"
            text = f"(SELECT i FROM {text} AS q(i) WHERE {numbers})"  # noqa: S608 - the SQL is translated
        return f"{value} IN {text}"

    def case_sql(self, expression: exp.Case) -> str:
        operand = expression.this
        branches = []
        for branch in expression.args["ifs"]:
            condition = branch.this
            if operand is not None:
                condition = exp.EQ(this=operand.copy(), expression=condition.copy())
            branches.append(f"WHEN {self.sql(condition)} THEN {self.sql(branch, 'true')}")
        default = expression.args.get("default")
        otherwise = f" ELSE {self.sql(default)}" if default is not None else ""
        return f"CASE {' '.join(branches)}{otherwise} END"

    def add_sql(self, expression: exp.Add) -> str:
        return added(self.argument(expression.left), "+", self.argument(expression.right))

    def sub_sql(self, expression: exp.Sub) -> str:
        return added(self.argument(expression.left), "-", self.argument(expression.right))

    def div_sql(self, expression: exp.Div) -> str:
        return divided(self.argument(expression.left), self.argument(expression.right))

    def mod_sql(self, expression: exp.Mod) -> str:
        return remainder(self.argument(expression.left), self.argument(expression.right))

    def dpipe_sql(self, expression: exp.DPipe) -> str:
        return concatenated(self.argument(expression.left), self.argument(expression.right))

    def bracket_sql(self, expression: exp.Bracket) -> str:
        if len(expression.expressions) != 1:
            raise QueryFailure(
                "", f"mismatched input: a subscript is one expression: {expression.sql('trino')}"
            )
        return subscript(self.argument(expression.this), self.argument(expression.expressions[0]))

    def jsonextract_sql(self, _: exp.JSONExtract) -> str:
        raise QueryFailure("", "mismatched input '->': a lambda is allowed only as an argument of a function")

    def lambda_sql(self, expression: exp.Lambda, arrow_sep: str = "->", wrap: bool = True) -> str:  # noqa: ARG002, FBT001, FBT002 - sqlglot's signature
        raise QueryFailure("TYPE_MISMATCH", f"a lambda is not expected here: {expression.sql('trino')}")

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:  # noqa: ARG002 - sqlglot's signature
        return cast(self, self.argument(expression.this), expression.to, safe=False)

    def trycast_sql(self, expression: exp.TryCast) -> str:
        return cast(self, self.argument(expression.this), expression.to, safe=True)

    def attimezone_sql(self, expression: exp.AtTimeZone) -> str:
        return self.call("at_timezone", expression.this, expression.args["zone"])

    def extract_sql(self, expression: exp.Extract) -> str:
        field = expression.name.upper()
        if field not in _FIELDS:
            raise QueryFailure("NOT_SUPPORTED", f"the sandbox does not extract {field}")
        return self.call(_FIELD_FUNCTIONS.get(field, field.lower()), expression.expression)

    def substring_sql(self, expression: exp.Substring) -> str:
        given = (expression.this, expression.args.get("start"), expression.args.get("length"))
        return self.call("substr", *(node for node in given if node is not None))

    def strposition_sql(self, expression: exp.StrPosition) -> str:
        return self.call("strpos", expression.this, expression.args["substr"])

    def trim_sql(self, expression: exp.Trim) -> str:
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(
            str(expression.args.get("position") or ""), "trim"
        )
        characters = self.sql(expression, "expression") or _WHITESPACE
        return f"{name}({self.sql(expression, 'this')}, {characters})"

    def normalize_sql(self, expression: exp.Normalize) -> str:
        form = expression.args.get("form")
        name = form.name.upper() if form else "NFC"
        if name not in {"NFC", "NFD", "NFKC", "NFKD"}:
            raise QueryFailure("", f"mismatched input '{name}': normalize accepts NFC, NFD, NFKC or NFKD")
        return f"trino_normalize({self.sql(expression, 'this')}, '{name}')"

    def currentuser_sql(self, _: exp.CurrentUser) -> str:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox does not support current_user")

    def currentcatalog_sql(self, _: exp.CurrentCatalog) -> str:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox does not support current_catalog")

    def currentschema_sql(self, _: exp.CurrentSchema) -> str:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox does not support current_schema")

    def parsejson_sql(self, expression: exp.ParseJSON) -> str:
        return self.call("json_parse", expression.this)

    def jsonfunction_sql(self, expression: JsonFunction) -> str:
        return json_call(self, expression)

    def hexstring_sql(self, expression: exp.HexString, binary_function_repr: str | None = None) -> str:  # noqa: ARG002 - sqlglot's signature
        return f"unhex('{expression.this}')"

    def currenttimestamp_sql(self, _: exp.CurrentTimestamp) -> str:
        return self.call("now")

    def localtimestamp_sql(self, _: exp.Localtimestamp) -> str:
        return self.call("localtimestamp")

    def currenttime_sql(self, _: exp.CurrentTime) -> str:
        raise QueryFailure("NOT_SUPPORTED", "the sandbox has no times with a zone: current_time")

    def localtime_sql(self, _: exp.Localtime) -> str:
        return "CAST(date_trunc('milliseconds', CAST(now() AS TIMESTAMP)) AS TIME)"


def _unpadded(node: exp.Expr) -> exp.Expr:
    """Return a cast to CHAR without trailing spaces, which comparisons ignore."""
    if isinstance(node, exp.Cast) and node.to.this == exp.DType.CHAR:
        return exp.Anonymous(this="rtrim", expressions=[node.copy()])
    return node
