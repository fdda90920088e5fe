"""Translations of mathematical and bitwise functions (Trino documentation, pages of these names)."""

from sqlglot import exp

from terrarium_sandbox.athena.translation.call import Call, function, sql
from terrarium_sandbox.athena.translation.engine_types import arguments, is_decimal, is_float, is_integer

__all__ = ["FUNCTIONS"]

_MOST_DIGITS = 38
_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}


def _whole(call: Call) -> str:
    """Return ceil or floor. Integers remain unchanged; the engine would return a double."""
    name = {"ceiling": "ceil"}.get(call.name, call.name)
    return str(call[0]) if is_integer(call[0].type) else f"{name}({call[0]})"


def _round(call: Call) -> str:
    """Return a rounded number. `round(x, d)` of decimals keeps the scale."""
    value = call[0]
    kind = value.type
    if len(call) == 1:
        return str(value) if is_integer(kind) else f"round({value})"
    rounded = f"round({value}, {call[1]})"
    if is_decimal(kind):
        precision, scale = arguments(kind)
        return f"CAST({rounded} AS DECIMAL({min(int(precision) + 1, _MOST_DIGITS)}, {scale}))"
    return f"CAST({rounded} AS {kind})" if is_integer(kind) else rounded


def _truncate(call: Call) -> str:
    value = call[0]
    kind = value.type
    if len(call) == 1:
        return str(value) if is_integer(kind) else f"trunc({value})"
    cut = f"trunc({value}, {call[1]})"
    if is_decimal(kind):
        return f"CAST({cut} AS {kind})"
    return f"CAST({cut} AS {kind})" if is_integer(kind) else cut


def _sign(call: Call) -> str:
    value = call[0]
    kind = value.type
    if is_float(kind):
        return f"CASE WHEN isnan({value}) OR {value} = 0 THEN {value} ELSE CAST(sign({value}) AS {kind}) END"
    return f"CAST(sign({value}) AS {kind if is_integer(kind) else 'INTEGER'})"


def _random(call: Call) -> str:
    if len(call) == 0:
        return "random()"
    low, high = ("0", str(call[0])) if len(call) == 1 else (str(call[0]), str(call[1]))
    kind = call[0].type
    if kind and not is_integer(kind):
        return f"({low} + random() * ({high} - {low}))"
    return f"({low} + CAST(floor(random() * ({high} - {low})) AS BIGINT))"


def _mod(call: Call) -> str:
    return f"({call.translation.sql(exp.Mod(this=call[0].node.copy(), expression=call[1].node.copy()))})"


def _width_bucket(call: Call) -> str:
    if len(call) == 2:
        return f"CAST(len(list_filter({call[1]}, lambda wb: wb <= {call[0]})) AS BIGINT)"
    value, low, high = (f"CAST({call[position]} AS DOUBLE)" for position in range(3))
    return f"trino_width_bucket({value}, {low}, {high}, {call[3]})"


def _shift(call: Call) -> str:
    kind = call[0].type
    bits = _BITS.get(kind, 64)
    shifted = f"trino_{call.name}(CAST({call[0]} AS BIGINT), CAST({call[1]} AS BIGINT), {bits})"
    return f"CAST({shifted} AS {kind})" if kind in _BITS else shifted


def _bit_count(call: Call) -> str:
    return f"trino_bit_count({call[0]}, {call[1]})"


def _double(name: str) -> str:
    return f"{name}(CAST({{a}} AS DOUBLE))"


FUNCTIONS = {
    "abs": sql("abs({a})"),
    "acos": sql(_double("acos")),
    "asin": sql(_double("asin")),
    "atan": sql(_double("atan")),
    "atan2": sql("atan2(CAST({a} AS DOUBLE), CAST({b} AS DOUBLE))"),
    "bit_count": function(_bit_count, 2),
    "bitwise_and": sql("({a} & {b})"),
    "bitwise_left_shift": function(_shift, 2),
    "bitwise_not": sql("(~{a})"),
    "bitwise_or": sql("({a} | {b})"),
    "bitwise_right_shift": function(_shift, 2),
    "bitwise_right_shift_arithmetic": function(_shift, 2),
    "bitwise_xor": sql("xor({a}, {b})"),
    "cbrt": sql(_double("trino_cbrt")),
    "ceil": function(_whole, 1),
    "ceiling": function(_whole, 1),
    "cos": sql(_double("cos")),
    "cosh": sql(_double("cosh")),
    "degrees": sql(_double("degrees")),
    "e": sql("exp(1e0)"),
    "exp": sql(_double("exp")),
    "floor": function(_whole, 1),
    "from_base": sql("trino_from_base({a}, {b})"),
    "infinity": sql("CAST('infinity' AS DOUBLE)"),
    "inverse_normal_cdf": sql(
        "trino_inverse_normal_cdf(CAST({a} AS DOUBLE), CAST({b} AS DOUBLE), CAST({c} AS DOUBLE))"
    ),
    "is_finite": sql("isfinite(CAST({a} AS DOUBLE))"),
    "is_infinite": sql("isinf(CAST({a} AS DOUBLE))"),
    "is_nan": sql("isnan(CAST({a} AS DOUBLE))"),
    "ln": sql(_double("ln")),
    "log": sql("(ln(CAST({b} AS DOUBLE)) / ln(CAST({a} AS DOUBLE)))"),
    "log10": sql(_double("log10")),
    "log2": sql(_double("log2")),
    "mod": function(_mod, 2),
    "nan": sql("CAST('nan' AS DOUBLE)"),
    "normal_cdf": sql("trino_normal_cdf(CAST({a} AS DOUBLE), CAST({b} AS DOUBLE), CAST({c} AS DOUBLE))"),
    "pi": sql("pi()"),
    "pow": sql("pow(CAST({a} AS DOUBLE), CAST({b} AS DOUBLE))"),
    "power": sql("pow(CAST({a} AS DOUBLE), CAST({b} AS DOUBLE))"),
    "radians": sql(_double("radians")),
    "rand": function(_random, 0, 2),
    "random": function(_random, 0, 2),
    "round": function(_round, 1, 2),
    "sign": function(_sign, 1),
    "sin": sql(_double("sin")),
    "sinh": sql(_double("sinh")),
    "sqrt": sql(_double("sqrt")),
    "tan": sql(_double("tan")),
    "tanh": sql(_double("tanh")),
    "to_base": sql("trino_to_base({a}, {b})"),
    "truncate": function(_truncate, 1, 2),
    "width_bucket": function(_width_bucket, 2, 4),
    "wilson_interval_lower": sql("trino_wilson_interval({a}, {b}, CAST({c} AS DOUBLE), -1)"),
    "wilson_interval_upper": sql("trino_wilson_interval({a}, {b}, CAST({c} AS DOUBLE), 1)"),
}
