"""JSON functions by name."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "json.html (Other JSON functions)"

CASES = [
    ("is_json_scalar('1')", "true"),
    ("is_json_scalar('[1, 2, 3]')", "false"),
    ("json_array_contains('[1, 2, 3]', 2)", "true"),
    ("json_array_contains('[1, 2, 3]', 4)", "false"),
    ("json_array_contains('[\"a\", \"b\"]', 'b')", "true"),
    ("json_array_contains('[true]', true)", "true"),
    ("json_array_contains('{}', 1)", None),
    ('json_array_get(\'["a", [3, 9], "c"]\', 0)', "a"),
    ('json_array_get(\'["a", [3, 9], "c"]\', 1)', "[3,9]"),
    ('json_array_get(\'["c", [3, 9], "a"]\', -1)', "a"),
    ('json_array_get(\'["c", [3, 9], "a"]\', -2)', "[3,9]"),
    ("json_array_get('[]', 0)", None),
    ('json_array_get(\'["a", "b", "c"]\', 10)', None),
    ('json_array_get(\'["c", "b", "a"]\', -10)', None),
    ("json_array_length('[1, 2, 3]')", "3"),
    ("json_array_length('{}')", None),
    ("json_extract('{\"a\": {\"b\": [1, 2]}}', '$.a.b')", "[1,2]"),
    ("json_extract('{\"a\": {\"b\": [1, 2]}}', '$.a.b[1]')", "2"),
    ('json_extract(\'{"a": {"b c": "x"}}\', \'$.a["b c"]\')', '"x"'),
    ("json_extract('{\"a\": 1}', '$.x')", None),
    ("json_extract('{\"a\": null}', '$.a')", "null"),
    ("json_extract('no json', '$.a')", None),
    ("json_extract_scalar('[1, 2, 3]', '$[2]')", "3"),
    ('json_extract_scalar(\'{"store": {"book": [{"author": "x"}]}}\', \'$.store.book[0].author\')', "x"),
    ("json_extract_scalar('{\"a\": {}}', '$.a')", None),
    ("json_extract_scalar('{\"a\": [1]}', '$.a')", None),
    ("json_extract_scalar('{\"a\": null}', '$.a')", None),
    ("json_extract_scalar('{\"a\": true}', '$.a')", "true"),
    ("json_extract_scalar('{\"a\": 1.50}', '$.a')", "1.50"),
    ("json_extract_scalar('{\"a\": \"\"}', '$.a')", ""),
    ("json_extract_scalar(json_parse('{\"a\": 1}'), '$.a')", "1"),
    ("json_format(json_parse('[1,  2, 3]'))", "[1,2,3]"),
    ("json_format(JSON '\"a\"')", '"a"'),
    ('json_format(json_parse(\'{"b": 1, "a": 2}\'))', '{"a":2,"b":1}'),
    ("json_parse('[1, 2, 3]')", "[1,2,3]"),
    ("json_parse('\"abc\"')", '"abc"'),
    ('json_size(\'{"x": {"a": 1, "b": 2}}\', \'$.x\')', "2"),
    ("json_size('{\"x\": [1, 2, 3]}', '$.x')", "3"),
    ('json_size(\'{"x": {"a": 1, "b": 2}}\', \'$.x.a\')', "0"),
    ("json_size('{}', '$.x')", None),
]

FAILURES = [
    ("json_parse('not_json')", "INVALID_FUNCTION_ARGUMENT"),
    ("json_extract('{}', 'a')", "INVALID_FUNCTION_ARGUMENT"),
]
