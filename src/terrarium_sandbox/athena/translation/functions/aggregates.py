"""Translations of aggregate functions (Trino documentation, "Aggregate functions")."""

from terrarium_sandbox.athena.translation.call import Argument, Call, Function, function
from terrarium_sandbox.athena.translation.engine_types import arguments, is_decimal, is_float, is_integer

__all__ = ["FUNCTIONS"]


def _inner(call: Call, *values: object) -> str:
    """Return the arguments of the engine's aggregate, with DISTINCT and ORDER BY."""
    given = ", ".join(map(str, values or call.arguments))
    return f"{'DISTINCT ' if call.distinct else ''}{given}{call.order}"


def _same(name: str, count: int = 1) -> Function:
    return function(lambda call: call.aggregate(f"{name}({_inner(call)})"), count, aggregate=True)


def _sum(call: Call) -> str:
    """Return a sum. The sum of integers is a BIGINT, not a 128-bit number."""
    kind = call[0].type
    total = call.aggregate(f"sum({_inner(call)})")
    if is_integer(kind):
        return f"CAST({total} AS BIGINT)"
    return f"CAST({total} AS FLOAT)" if kind == "FLOAT" else total


def _avg(call: Call) -> str:
    """Return an average. The average of decimals is a decimal of the same scale."""
    kind = call[0].type
    average = call.aggregate(f"avg({_inner(call)})")
    if is_decimal(kind):
        _, scale = arguments(kind)
        return f"CAST({average} AS DECIMAL(38, {scale}))"
    return f"CAST({average} AS FLOAT)" if kind == "FLOAT" else average


def _extreme(call: Call) -> str:
    """Return a maximum or minimum. NaN is less than any number for `max`, and greater for `min`."""
    if len(call) == 2:  # the n largest or smallest
        return call.aggregate(f"{call.name}({_inner(call)})")
    kind = call[0].type
    plain = call.aggregate(f"{call.name}({_inner(call)})")
    if call.name == "max" and is_float(kind):
        numbers = call.aggregate(f"max({_inner(call)})", where=f"NOT isnan({call[0]})")
        return f"coalesce({numbers}, {plain})"
    return plain


def _extreme_by(call: Call) -> str:
    """Return the value of the extreme key. The value may be NULL; rows with NULL keys are ignored."""
    value, key = call[0], call[1]
    kind = key.type
    name = call.name
    where = f"{key} IS NOT NULL"
    if len(call) == 3:
        return call.aggregate(f"{name}({value}, {key}, {call[2]})", where=where)
    plain = call.aggregate(
        f"{'arg_max_null' if name == 'max_by' else 'arg_min_null'}({value}, {key})", where=where
    )
    if name == "max_by" and is_float(kind):
        numbers = call.aggregate(f"arg_max_null({value}, {key})", where=f"NOT isnan({key})")
        some = call.aggregate("count(*)", where=f"NOT isnan({key})")
        return f"CASE WHEN {some} > 0 THEN {numbers} ELSE {plain} END"
    return plain


def _count(call: Call) -> str:
    return call.aggregate(f"count({_inner(call) if len(call) else '*'})")


def _listagg(call: Call) -> str:
    return call.aggregate(
        f"string_agg({'DISTINCT ' if call.distinct else ''}{call[0]}, {call[1]}{call.order})"
    )


def _approx_distinct(call: Call) -> str:
    """Return the exact number, which satisfies every standard error."""
    return call.aggregate(f"count(DISTINCT {call[0]})")


def _approx_percentile(call: Call) -> str:
    if len(call) > 2:
        raise call.refuse("does not support weights and accuracies")
    return call.aggregate(f"quantile_disc({call[0]}, {call[1]})")


def _approx_most_frequent(call: Call) -> str:
    buckets, value, _ = call.arguments
    counts = call.aggregate(f"histogram({value})")
    return call.let(
        f"map_entries({counts})",
        lambda entries: (
            f"map_from_entries(list_transform(list_slice(list_sort(list_transform({entries}, lambda hist: "
            f"struct_pack(n := -CAST(hist.value AS BIGINT), k := hist.key))), 1, {buckets}), lambda hist: "
            f"struct_pack(k := hist.k, v := -hist.n)))"
        ),
    )


def _histogram(call: Call) -> str:
    counts = call.aggregate(f"histogram({call[0]})")
    return call.let(
        counts,
        lambda name: (
            f"CASE WHEN {name} IS NULL THEN NULL ELSE MAP(map_keys({name}), "
            f"CAST(map_values({name}) AS BIGINT[])) END"
        ),
    )


def _pairs(call: Call) -> str:
    key, value = call[0], call[1]
    return call.aggregate(
        f"list(struct_pack(k := {key}, v := {value}){call.order})", where=f"{key} IS NOT NULL"
    )


def _map_agg(call: Call) -> str:
    """Return a map. Of a repeated key, the first value is kept."""
    return call.let(
        _pairs(call),
        lambda pairs: (
            f"CASE WHEN len(list_distinct(list_transform({pairs}, lambda kv: kv.k))) = len({pairs}) "
            f"THEN map_from_entries({pairs}) ELSE map_from_entries(list_filter({pairs}, lambda kv, n: "
            f"list_position(list_transform({pairs}, lambda kw: kw.k), kv.k) = n)) END"
        ),
    )


def _multimap_agg(call: Call) -> str:
    return call.let(_pairs(call), lambda pairs: multimap(pairs, "k", "v"))


def multimap(pairs: str, key: str, value: str) -> str:
    """Return a map from each key of a list of pairs to the list of its values, in order."""
    keys = f"list_transform({pairs}, lambda mk: mk.{key})"
    first = f"list_filter({keys}, lambda fk, n: list_position({keys}, fk) = n)"
    values = (
        f"list_transform({first}, lambda dk: list_transform(list_filter({pairs}, lambda mv: mv.{key} = dk), "
        f"lambda mw: mw.{value}))"
    )
    return f"CASE WHEN {pairs} IS NULL THEN NULL ELSE MAP({first}, {values}) END"


def _map_union(call: Call) -> str:
    maps = call.aggregate(f"list({call[0]})", where=f"{call[0]} IS NOT NULL")
    return call.let(maps, lambda name: f"list_reduce({name}, lambda ma, mb: map_concat(ma, mb))")


def _reduce_agg(call: Call) -> str:
    value, initial, step = call[0], call[1], call[2]
    values = call.aggregate(f"list({value})", where=f"{value} IS NOT NULL")
    names = step.variable("s"), step.variable("x")
    return f"list_reduce({values}, {step.as_lambda(*names)}, {initial})"


def _skewness(call: Call) -> str:
    """Return the skewness of the population, sqrt(n) m3 / m2^1.5; the engine's is that of a sample."""
    count = call.aggregate(f"count({call[0]})")
    sample = call.aggregate(f"skewness({call[0]})")
    return f"CASE WHEN {count} > 2 THEN {sample} * ({count} - 2) / sqrt(CAST({count} AS DOUBLE) * ({count} - 1)) END"


def _floats(name: str, count: int) -> Function:
    """Return a statistic of numbers as doubles."""

    def build(call: Call) -> str:
        return call.aggregate(f"{name}({_inner(call, *map(_double, call.arguments))})")

    return function(build, count, aggregate=True)


def _double(argument: Argument) -> str:
    return f"CAST({argument} AS DOUBLE)"


FUNCTIONS = {
    "any_value": _same("any_value"),
    "approx_distinct": function(_approx_distinct, 1, 2, aggregate=True),
    "approx_most_frequent": function(_approx_most_frequent, 3, aggregate=True),
    "approx_percentile": function(_approx_percentile, 2, 4, aggregate=True),
    "arbitrary": _same("any_value"),
    "array_agg": _same("list"),
    "avg": function(_avg, 1, aggregate=True),
    "bitwise_and_agg": _same("bit_and"),
    "bitwise_or_agg": _same("bit_or"),
    "bitwise_xor_agg": _same("bit_xor"),
    "bool_and": _same("bool_and"),
    "bool_or": _same("bool_or"),
    "corr": _floats("corr", 2),
    "count": function(_count, 0, None, aggregate=True),
    "count_if": function(lambda call: call.aggregate("count(*)", where=f"{call[0]}"), 1, aggregate=True),
    "covar_pop": _floats("covar_pop", 2),
    "covar_samp": _floats("covar_samp", 2),
    "every": _same("bool_and"),
    "geometric_mean": _floats("geomean", 1),
    "grouping": function(lambda call: f"grouping({call.argument_list()})", 1, None),
    "histogram": function(_histogram, 1, aggregate=True),
    "kurtosis": _floats("kurtosis", 1),
    "listagg": function(_listagg, 2, aggregate=True),
    "map_agg": function(_map_agg, 2, aggregate=True),
    "map_union": function(_map_union, 1, aggregate=True),
    "max": function(_extreme, 1, 2, aggregate=True),
    "max_by": function(_extreme_by, 2, 3, aggregate=True),
    "min": function(_extreme, 1, 2, aggregate=True),
    "min_by": function(_extreme_by, 2, 3, aggregate=True),
    "multimap_agg": function(_multimap_agg, 2, aggregate=True),
    "reduce_agg": function(_reduce_agg, 4, aggregate=True),
    "regr_intercept": _floats("regr_intercept", 2),
    "regr_slope": _floats("regr_slope", 2),
    "skewness": function(_skewness, 1, aggregate=True),
    "stddev": _floats("stddev_samp", 1),
    "stddev_pop": _floats("stddev_pop", 1),
    "stddev_samp": _floats("stddev_samp", 1),
    "sum": function(_sum, 1, aggregate=True),
    "var_pop": _floats("var_pop", 1),
    "var_samp": _floats("var_samp", 1),
    "variance": _floats("var_samp", 1),
}
