"""Types of literals and of casts to simple types."""

from sqlglot import exp

__all__ = ["literal_type"]

_CASTS = {
    exp.DType.BOOLEAN: "BOOLEAN",
    exp.DType.TINYINT: "TINYINT",
    exp.DType.SMALLINT: "SMALLINT",
    exp.DType.INT: "INTEGER",
    exp.DType.BIGINT: "BIGINT",
    exp.DType.FLOAT: "FLOAT",
    exp.DType.DOUBLE: "DOUBLE",
    exp.DType.VARCHAR: "VARCHAR",
    exp.DType.TEXT: "VARCHAR",
    exp.DType.CHAR: "VARCHAR",
    exp.DType.VARBINARY: "BLOB",
    exp.DType.DATE: "DATE",
    exp.DType.TIMESTAMP: "TIMESTAMP",
    exp.DType.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    exp.DType.TIME: "TIME",
    exp.DType.JSON: "JSON",
}
_LARGEST_INTEGER = 2147483647
_PREDICATES = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or, exp.Not, exp.Is, exp.Like, exp.In,
    exp.Between, exp.Boolean, exp.Exists,
)  # fmt: skip


def literal_type(node: exp.Expr) -> str:
    """Return the engine's type of an expression; empty if the expression alone does not determine it."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        return literal_type(node.this)
    if isinstance(node, exp.Literal):
        if node.is_string:
            return "VARCHAR"
        text = node.name.lower()
        if "e" in text:
            return "DOUBLE"
        if "." in text:
            whole, _, fraction = text.partition(".")
            return f"DECIMAL({max(len(whole.lstrip('0')) + len(fraction), 1)},{len(fraction)})"
        return "INTEGER" if int(text) <= _LARGEST_INTEGER else "BIGINT"
    if isinstance(node, _PREDICATES):
        return "BOOLEAN"
    if isinstance(node, exp.Interval):
        return "INTERVAL"
    if isinstance(node, exp.CurrentDate):
        return "DATE"
    if isinstance(node, exp.Cast):
        return _CASTS.get(node.to.this, "")
    return ""
