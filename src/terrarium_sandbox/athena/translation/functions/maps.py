"""Translations of map functions (Trino documentation, "Map functions and operators")."""

from terrarium_sandbox.athena.translation.call import Call, function, sql
from terrarium_sandbox.athena.translation.functions.aggregates import multimap

__all__ = ["FUNCTIONS"]


def _map(call: Call) -> str:
    if len(call) == 0:
        return "MAP()"
    return f"MAP({call[0]}, {call[1]})"


def _filter(call: Call) -> str:
    entries, predicate = call.arguments
    name = predicate.variable("e")
    kept = f"list_filter(map_entries({entries}), lambda {name}: {predicate.apply(f'{name}.key', f'{name}.value')})"
    return _unless_null(str(entries), f"map_from_entries({kept})")


def _transform_values(call: Call) -> str:
    entries, step = call.arguments
    name = step.variable("e")
    values = (
        f"list_transform(map_entries({entries}), lambda {name}: {step.apply(f'{name}.key', f'{name}.value')})"
    )
    return _unless_null(str(entries), f"MAP(map_keys({entries}), {values})")


def _transform_keys(call: Call) -> str:
    entries, step = call.arguments
    name = step.variable("e")
    keys = (
        f"list_transform(map_entries({entries}), lambda {name}: {step.apply(f'{name}.key', f'{name}.value')})"
    )
    return _unless_null(str(entries), f"MAP({keys}, map_values({entries}))")


def _zip_with(call: Call) -> str:
    left, right, step = call.arguments
    name = step.variable("k")
    keys = (
        f"list_concat(map_keys({left}), list_filter(map_keys({right}), "
        f"lambda {name}: NOT map_contains({left}, {name})))"
    )
    values = (
        f"list_transform({keys}, lambda {name}: {step.apply(name, f'{left}[{name}]', f'{right}[{name}]')})"
    )
    return _unless_null(f"{left}", _unless_null(f"{right}", f"MAP({keys}, {values})"))


def _concat(call: Call) -> str:
    nulls = " OR ".join(f"{argument} IS NULL" for argument in call.arguments)
    return f"CASE WHEN {nulls} THEN NULL ELSE map_concat({call.argument_list()}) END"


def _from_entries(call: Call) -> str:
    return _unless_null(str(call[0]), f"map_from_entries({call[0]})")


def _multimap(call: Call) -> str:
    named = f"list_transform({call[0]}, lambda en: struct_pack(k := en[1], v := en[2]))"
    return call.let(named, lambda pairs: multimap(pairs, "k", "v"))


def _unless_null(value: str, made: str) -> str:
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE {made} END"


FUNCTIONS = {
    "map": function(_map, 0, 2),
    "map_concat": function(_concat, 2, None),
    "map_entries": sql("list_transform(map_entries({a}), lambda me: row(me.key, me.value))"),
    "map_filter": function(_filter, 2),
    "map_from_entries": function(_from_entries, 1),
    "map_keys": sql("map_keys({a})"),
    "map_values": sql("map_values({a})"),
    "map_zip_with": function(_zip_with, 3),
    "multimap_from_entries": function(_multimap, 1),
    "transform_keys": function(_transform_keys, 2),
    "transform_values": function(_transform_values, 2),
}
