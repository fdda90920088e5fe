"""Translations of array functions (Trino documentation, "Array functions and operators")."""

from sqlglot import exp

from terrarium_sandbox.athena.task import QueryFailure
from terrarium_sandbox.athena.translation.call import Argument, Call, function, sql
from terrarium_sandbox.athena.translation.casts import text_of
from terrarium_sandbox.athena.translation.comparisons import is_not_a_number
from terrarium_sandbox.athena.translation.engine_types import element, is_float, is_list, is_map

__all__ = ["FUNCTIONS"]

_ARGUMENT = "INVALID_FUNCTION_ARGUMENT"
_MOST_COMBINED = 5


def _transform(call: Call) -> str:
    array, step = call.arguments
    return f"list_transform({array}, {step.as_lambda(step.variable())})"


def _filter(call: Call) -> str:
    array, predicate = call.arguments
    return f"list_filter({array}, {predicate.as_lambda(predicate.variable())})"


def _reduce(call: Call) -> str:
    array, initial, step, finish = call.arguments
    names = step.variable("s"), step.variable("x")
    state = f"list_reduce({array}, {step.as_lambda(*names)}, {initial})"
    last = finish.variable("f")
    return f"list_transform([{state}], {finish.as_lambda(last)})[1]"


def _matches(call: Call) -> str:
    """Return any_match, all_match or none_match: NULL if no element decides and some comparison is NULL."""
    array, predicate = call.arguments
    decisive = "FALSE" if call.name == "all_match" else "TRUE"
    found, otherwise = ("TRUE", "FALSE") if call.name == "any_match" else ("FALSE", "TRUE")
    results = f"list_transform({array}, {predicate.as_lambda(predicate.variable())})"
    return call.let(
        results,
        lambda name: (
            f"CASE WHEN {name} IS NULL THEN NULL WHEN list_contains({name}, {decisive}) THEN {found} "
            f"WHEN list_count({name}) < len({name}) THEN NULL ELSE {otherwise} END"
        ),
    )


def _distinct(array: str) -> str:
    """Return the first of equal elements in their order, with NULL as an element."""
    return f"list_filter({array}, lambda de, di: list_position({array}, de) = di)"


def _of_both(call: Call) -> str:
    left, right = call.arguments
    templates = {
        "array_union": "list_concat({a}, {b})",
        "array_intersect": "list_filter({a}, lambda ie: list_position({b}, ie) IS NOT NULL)",
        "array_except": "list_filter({a}, lambda ie: list_position({b}, ie) IS NULL)",
    }
    combined = templates[call.name].format(a=left, b=right)
    distinct = call.let(combined, _distinct)
    return f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL ELSE {distinct} END"


def _overlap(call: Call) -> str:
    left, right = call.arguments
    nulls = " OR ".join(f"list_count({array}) < len({array})" for array in (left, right))
    return (
        f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL WHEN list_has_any({left}, {right}) THEN TRUE "
        f"WHEN {nulls} THEN NULL ELSE FALSE END"
    )


def _contains(call: Call) -> str:
    array, value = call.arguments
    kind = value.type
    found = f"list_contains({array}, {value})"
    nan = is_not_a_number(str(value), kind)
    if nan:
        found = f"({found} AND NOT {nan})"
    return (
        f"CASE WHEN {array} IS NULL OR {value} IS NULL THEN NULL WHEN {found} THEN TRUE "
        f"WHEN list_count({array}) < len({array}) THEN NULL ELSE FALSE END"
    )


def _position(call: Call) -> str:
    array, value = call.arguments
    kind = value.type
    nan = is_not_a_number(str(value), kind)
    found = f"coalesce(list_position({array}, {value}), 0)"
    if nan:
        found = f"CASE WHEN {nan} THEN 0 ELSE {found} END"
    return f"CASE WHEN {array} IS NULL OR {value} IS NULL THEN NULL ELSE CAST({found} AS BIGINT) END"


def _join(call: Call) -> str:
    array = call[0]
    kind = element(array.type)
    item = Argument(call.translation, exp.Var(this="je"))
    texts = f"list_transform({array}, lambda je: {text_of(item, kind)})"
    kept = (
        f"list_transform({texts}, lambda jn: coalesce(jn, {call[2]}))"
        if len(call) > 2
        else f"list_filter({texts}, lambda jn: jn IS NOT NULL)"
    )
    joined = f"coalesce(array_to_string({kept}, {call[1]}), '')"
    return f"CASE WHEN {array} IS NULL OR {call[1]} IS NULL THEN NULL ELSE {joined} END"


def _extreme(call: Call) -> str:
    """Return the extreme element: NULL if an element is NULL; NaN only if all elements are NaN."""
    array = call[0]
    kind = array.type
    name = call.name.replace("array", "list")
    plain = f"{name}({array})"
    if call.name == "array_max" and is_float(element(kind)):
        plain = f"coalesce(list_max(list_filter({array}, lambda me: NOT isnan(me))), {plain})"
    return f"CASE WHEN list_count({array}) < len({array}) THEN NULL ELSE {plain} END"


def _sort(call: Call) -> str:
    if len(call) == 1:
        return f"list_sort({call[0]}, 'ASC', 'NULLS LAST')"
    array, comparator = call.arguments
    sorted_, item, before = (comparator.variable(suffix) for suffix in ("s", "x", "y"))
    return (
        f"list_reduce({array}, lambda {sorted_}, {item}: list_concat("
        f"list_filter({sorted_}, lambda {before}: {comparator.apply(before, item)} <= 0), [{item}], "
        f"list_filter({sorted_}, lambda {before}: {comparator.apply(before, item)} > 0)), "
        f"list_slice({array}, 1, 0))"
    )


def _slice(call: Call) -> str:
    array, start, length = call.arguments
    begin = f"CASE WHEN {start} < 0 THEN len({array}) + {start} + 1 ELSE {start} END"
    return (
        f"CASE WHEN {start} = 0 THEN list_slice({array}, 1, trino_fail_integer('{_ARGUMENT}', "
        f"'SQL array indices start at 1')) WHEN {length} < 0 THEN list_slice({array}, 1, trino_fail_integer("
        f"'{_ARGUMENT}', 'length must be greater than or equal to 0')) "
        f"WHEN {begin} < 1 THEN list_slice({array}, 1, 0) "
        f"ELSE list_slice({array}, {begin}, ({begin}) + {length} - 1) END"
    )


def _trim(call: Call) -> str:
    array, count = call.arguments
    return (
        f"list_slice({array}, 1, CASE WHEN {count} < 0 THEN trino_fail_integer('{_ARGUMENT}', 'size must not be "
        f"negative: ' || {count}) WHEN {count} > len({array}) THEN trino_fail_integer('{_ARGUMENT}', 'size must not "
        f"exceed array cardinality ' || len({array}) || ': ' || {count}) ELSE len({array}) - {count} END)"
    )


def _element_at(call: Call) -> str:
    container, key = call.arguments
    kind = container.type
    if is_map(kind):
        return f"{container}[{key}]"
    if is_list(kind):
        failing = f"trino_fail_integer('{_ARGUMENT}', 'SQL array indices start at 1')"
        return f"list_extract({container}, CASE WHEN {key} = 0 THEN {failing} ELSE {key} END)"
    return f"{container}[{key}]"


def _longest(arrays: list[Argument]) -> str:
    return f"range(1, greatest({', '.join(f'len({array})' for array in arrays)}) + 1)"


def _zip(call: Call) -> str:
    arrays = call.arguments
    row = ", ".join(f"{array}[zi]" for array in arrays)
    nulls = " OR ".join(f"{array} IS NULL" for array in arrays)
    return f"CASE WHEN {nulls} THEN NULL ELSE list_transform({_longest(arrays)}, lambda zi: row({row})) END"


def _zip_with(call: Call) -> str:
    left, right, step = call.arguments
    index = step.variable("i")
    body = step.apply(f"{left}[{index}]", f"{right}[{index}]")
    made = f"list_transform({_longest([left, right])}, lambda {index}: {body})"
    return f"CASE WHEN {left} IS NULL OR {right} IS NULL THEN NULL ELSE {made} END"


def _reverse(call: Call) -> str:
    kind = call[0].type
    if is_list(kind):
        return f"list_reverse({call[0]})"
    return f"trino_reverse_bytes({call[0]})" if kind == "BLOB" else f"trino_reverse({call[0]})"


def _cardinality(call: Call) -> str:
    return f"CAST(cardinality({call[0]}) AS BIGINT)"


def _sequence(call: Call) -> str:
    start, stop = call[0], call[1]
    kind = start.type
    if len(call) == 2:
        step = "to_days(1)" if kind in {"DATE", "TIMESTAMP"} else "1"
        step = f"CASE WHEN {start} <= {stop} THEN {step} ELSE -{step} END"
    else:
        step = str(call[2])
        if not kind.startswith(("DATE", "TIMESTAMP")):
            words = (
                "sequence stop value should be greater than or equal to start value if step is greater than zero "
                "otherwise stop should be less than or equal to start"
            )
            step = (
                f"CASE WHEN {step} = 0 OR ({step} > 0 AND {start} > {stop}) OR ({step} < 0 AND {start} < {stop}) "
                f"THEN trino_fail_integer('{_ARGUMENT}', '{words}') ELSE {step} END"
            )
    made = f"generate_series({start}, {stop}, {step})"
    return f"CAST({made} AS DATE[])" if kind == "DATE" else made


def _combinations(call: Call) -> str:
    array, size = call.arguments
    if not size.node.is_int or not 1 <= int(size.node.name) <= _MOST_COMBINED:
        raise QueryFailure(
            _ARGUMENT, f"combination size must be a literal from 1 to {_MOST_COMBINED} in the sandbox"
        )
    text = str(array)

    def from_(after: str, depth: int, chosen: list[str]) -> str:
        index = f"c{depth}"
        picked = [*chosen, f"{text}[{index}]"]
        indexes = f"range({after} + 1, len({text}) + 1)"
        if depth == int(size.node.name):
            return f"list_transform({indexes}, lambda {index}: [{', '.join(picked)}])"
        return f"flatten(list_transform({indexes}, lambda {index}: {from_(index, depth + 1, picked)}))"

    return from_("0", 1, [])


def _concat(call: Call) -> str:
    node = call[0].node
    for argument in call.arguments[1:]:
        node = exp.DPipe(this=node.copy(), expression=argument.node.copy())
    return f"({call.translation.sql(node)})"


def _contains_sequence(call: Call) -> str:
    array, part = call.arguments
    starts = f"range(1, len({array}) - len({part}) + 2)"
    same = f"list_slice({array}, cs, cs + len({part}) - 1) = {part}"
    found = f"len(list_filter({starts}, lambda cs: {same})) > 0"
    return f"CASE WHEN {array} IS NULL OR {part} IS NULL THEN NULL ELSE {found} END"


FUNCTIONS = {
    "all_match": function(_matches, 2),
    "any_match": function(_matches, 2),
    "array_distinct": function(lambda call: call.let(str(call[0]), _distinct), 1),
    "array_except": function(_of_both, 2),
    "array_first": sql("{a}[1]"),
    "array_intersect": function(_of_both, 2),
    "array_join": function(_join, 2, 3),
    "array_last": sql("list_extract({a}, -1)"),
    "array_max": function(_extreme, 1),
    "array_min": function(_extreme, 1),
    "array_position": function(_position, 2),
    "array_remove": sql(
        "CASE WHEN {b} IS NULL THEN NULL ELSE list_filter({a}, lambda re: re IS NULL OR re <> {b}) END"
    ),
    "array_sort": function(_sort, 1, 2),
    "array_union": function(_of_both, 2),
    "arrays_overlap": function(_overlap, 2),
    "cardinality": function(_cardinality, 1),
    "combinations": function(_combinations, 2),
    "concat": function(_concat, 2, None),
    "contains": function(_contains, 2),
    "contains_sequence": function(_contains_sequence, 2),
    "element_at": function(_element_at, 2),
    "filter": function(_filter, 2),
    "flatten": sql("flatten({a})"),
    "ngrams": sql(
        "CASE WHEN len({a}) <= {b} THEN [{a}] ELSE list_transform(range(1, len({a}) - {b} + 2), "
        "lambda ng: list_slice({a}, ng, ng + {b} - 1)) END"
    ),
    "none_match": function(_matches, 2),
    "reduce": function(_reduce, 4),
    "repeat": sql("list_transform(range({b}), lambda rp: {a})"),
    "reverse": function(_reverse, 1),
    "row": function(lambda call: f"row({call.argument_list()})", 1, None),
    "sequence": function(_sequence, 2, 3),
    "shuffle": sql(
        "list_transform(list_sort(list_transform({a}, lambda sh: struct_pack(r := random(), v := sh))), "
        "lambda sh: sh.v)"
    ),
    "slice": function(_slice, 3),
    "transform": function(_transform, 2),
    "trim_array": function(_trim, 2),
    "zip": function(_zip, 2, 5),
    "zip_with": function(_zip_with, 3),
}
