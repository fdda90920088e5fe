"""Map functions."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "map.html"

CASES = [
    ("MAP(ARRAY['key1', 'key2'], ARRAY[2373, 3463])", "{key1=2373, key2=3463}"),
    (
        "MAP(ARRAY['key1', 'key2', 'key3'], ARRAY[23, 34.63, 45.837])",
        "{key1=23.000, key2=34.630, key3=45.837}",
    ),
    ("MAP(ARRAY['key1', 'key2'], ARRAY['v1', NULL])", "{key1=v1, key2=null}"),
    ("MAP(ARRAY['key1', 'key2'], ARRAY['v1', 'v2'])['key2']", "v2"),
    ("MAP()", "{}"),
    ("MAP(ARRAY[], ARRAY[])", "{}"),
    ("map(ARRAY[1, 3], ARRAY[2, 4])", "{1=2, 3=4}"),
    ("cardinality(MAP(ARRAY[1, 2], ARRAY['a', 'b']))", "2"),
    ("cardinality(MAP())", "0"),
    ("element_at(MAP(ARRAY['a'], ARRAY[1]), 'a')", "1"),
    ("element_at(MAP(ARRAY['a'], ARRAY[1]), 'b')", None),
    ("map_from_entries(ARRAY[(1, 'x'), (2, 'y')])", "{1=x, 2=y}"),
    ("multimap_from_entries(ARRAY[(1, 'x'), (2, 'y'), (1, 'z')])", "{1=[x, z], 2=[y]}"),
    ("map_entries(MAP(ARRAY[1, 2], ARRAY['x', 'y']))", "[{field0=1, field1=x}, {field0=2, field1=y}]"),
    ("map_concat(MAP(ARRAY['a'], ARRAY[1]), MAP(ARRAY['a', 'b'], ARRAY[2, 3]))['a']", "2"),
    ("cardinality(map_concat(MAP(ARRAY['a'], ARRAY[1]), MAP(ARRAY['a', 'b'], ARRAY[2, 3])))", "2"),
    ("map_filter(MAP(ARRAY[], ARRAY[]), (k, v) -> true)", "{}"),
    ("map_filter(MAP(ARRAY[10, 20, 30], ARRAY['a', NULL, 'c']), (k, v) -> v IS NOT NULL)", "{10=a, 30=c}"),
    ("map_filter(MAP(ARRAY['k1', 'k2', 'k3'], ARRAY[20, 3, 15]), (k, v) -> v > 10)", "{k1=20, k3=15}"),
    ("map_keys(MAP(ARRAY['a', 'b'], ARRAY[1, 2]))", "[a, b]"),
    ("map_values(MAP(ARRAY['a', 'b'], ARRAY[1, 2]))", "[1, 2]"),
    (
        "map_zip_with(MAP(ARRAY[1, 2, 3], ARRAY['a', 'b', 'c']), MAP(ARRAY[1, 2, 3], ARRAY['d', 'e', 'f']), "
        "(k, v1, v2) -> concat(v1, v2))",
        "{1=ad, 2=be, 3=cf}",
    ),
    (
        "map_zip_with(MAP(ARRAY['k1', 'k2'], ARRAY[1, 2]), MAP(ARRAY['k2', 'k3'], ARRAY[4, 9]), "
        "(k, v1, v2) -> (v1, v2))",
        "{k1={field0=1, field1=null}, k2={field0=2, field1=4}, k3={field0=null, field1=9}}",
    ),
    (
        "map_zip_with(MAP(ARRAY['a', 'b', 'c'], ARRAY[1, 8, 27]), MAP(ARRAY['a', 'b', 'c'], ARRAY[1, 2, 3]), "
        "(k, v1, v2) -> k || CAST(v1 / v2 AS VARCHAR))",
        "{a=a1, b=b4, c=c9}",
    ),
    ("transform_keys(MAP(ARRAY[], ARRAY[]), (k, v) -> k + 1)", "{}"),
    ("transform_keys(MAP(ARRAY[1, 2, 3], ARRAY['a', 'b', 'c']), (k, v) -> k + 1)", "{2=a, 3=b, 4=c}"),
    ("transform_keys(MAP(ARRAY['a', 'b', 'c'], ARRAY[1, 2, 3]), (k, v) -> v * v)", "{1=1, 4=2, 9=3}"),
    ("transform_keys(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> k || CAST(v AS VARCHAR))", "{a1=1, b2=2}"),
    (
        "transform_keys(MAP(ARRAY[1, 2], ARRAY[1.0, 1.4]), (k, v) -> MAP(ARRAY[1, 2], ARRAY['one', 'two'])[k])",
        "{one=1.0, two=1.4}",
    ),
    ("transform_values(MAP(ARRAY[], ARRAY[]), (k, v) -> v + 1)", "{}"),
    ("transform_values(MAP(ARRAY[1, 2, 3], ARRAY[10, 20, 30]), (k, v) -> v + k)", "{1=11, 2=22, 3=33}"),
    ("transform_values(MAP(ARRAY[1, 2, 3], ARRAY['a', 'b', 'c']), (k, v) -> k * k)", "{1=1, 2=4, 3=9}"),
    (
        "transform_values(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> k || CAST(v AS VARCHAR))",
        "{a=a1, b=b2}",
    ),
    (
        "transform_values(MAP(ARRAY[1, 2], ARRAY[1.0, 1.4]), (k, v) -> "
        "MAP(ARRAY[1, 2], ARRAY['one', 'two'])[k] || '_' || CAST(v AS VARCHAR))",
        "{1=one_1.0, 2=two_1.4}",
    ),
]

FAILURES = [
    ("MAP(ARRAY['a'], ARRAY[1])['b']", "INVALID_FUNCTION_ARGUMENT: Key not present in map: b"),
    ("MAP(ARRAY[1, 1], ARRAY[2, 3])", "INVALID_FUNCTION_ARGUMENT"),
    ("MAP(ARRAY[1, 2], ARRAY[3])", "INVALID_FUNCTION_ARGUMENT"),
    ("MAP(ARRAY[NULL], ARRAY[3])", "INVALID_FUNCTION_ARGUMENT"),
]
