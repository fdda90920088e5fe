"""SQL/JSON functions: json_exists, json_value, json_query, json_array, json_object, and their paths."""

__all__ = ["CASES", "FAILURES", "SOURCE"]

SOURCE = "json.html (JSON path language, json_exists, json_query, json_value, json_array, json_object)"

_CUSTOMER = '\'{"comment" : "nice", "children" : [10, 13, 16]}\''
_OTHER = '\'{"comment" : "knows best", "children" : [2]}\''
_REGIONS = (
    '\'[{"customer" : 100, "region" : "AFRICA"}, {"region" : "ASIA"}, '
    '{"customer" : 300, "region" : "AFRICA", "comment" : null}]\''
)


def _all(document: str, path: str) -> str:
    return f"json_query({document}, '{path}' WITH ARRAY WRAPPER)"


CASES = [
    ("json_value('{\"a\":1}', 'lax $.a')", "1"),
    ("json_exists('{\"a\":1}', 'lax $.a')", "true"),
    ("json_query('{\"a\":[1]}', 'lax $.a')", "[1]"),
    (f"json_exists({_CUSTOMER}, 'lax $.children[*]?(@ > 10)')", "true"),
    (f"json_exists({_OTHER}, 'lax $.children[*]?(@ > 10)')", "false"),
    (f"json_exists({_CUSTOMER}, 'strict $.children[2]?(@ > 10)' UNKNOWN ON ERROR)", "true"),
    (f"json_exists({_OTHER}, 'strict $.children[2]?(@ > 10)' UNKNOWN ON ERROR)", None),
    (f"json_exists({_OTHER}, 'strict $.children[2]?(@ > 10)')", "false"),
    (f"json_exists({_OTHER}, 'strict $.children[2]' TRUE ON ERROR)", "true"),
    ("json_exists('no json', 'lax $')", "false"),
    ("json_exists(NULL, 'lax $')", None),
    (f"json_query({_CUSTOMER}, 'lax $.children')", "[10,13,16]"),
    (f"json_query({_CUSTOMER}, 'lax $.children[*]' WITHOUT ARRAY WRAPPER NULL ON ERROR)", None),
    (f"json_query({_OTHER}, 'lax $.children[*]' WITHOUT ARRAY WRAPPER NULL ON ERROR)", "2"),
    (f"json_query({_CUSTOMER}, 'lax $.children[last]' WITH ARRAY WRAPPER)", "[16]"),
    (f"json_query({_CUSTOMER}, 'strict $.children[*]?(@ > 12)' WITH ARRAY WRAPPER EMPTY ARRAY ON EMPTY)", "[13,16]"),
    (f"json_query({_OTHER}, 'strict $.children[*]?(@ > 12)' WITH ARRAY WRAPPER EMPTY ARRAY ON EMPTY)", "[]"),
    (f"json_query({_CUSTOMER}, 'lax $.children' WITH CONDITIONAL ARRAY WRAPPER)", "[10,13,16]"),
    (f"json_query({_CUSTOMER}, 'lax $.children' WITH UNCONDITIONAL ARRAY WRAPPER)", "[[10,13,16]]"),
    (f"json_query({_CUSTOMER}, 'lax $.comment' WITH CONDITIONAL ARRAY WRAPPER)", '["nice"]'),
    (f"json_query({_CUSTOMER}, 'strict $.comment' KEEP QUOTES)", '"nice"'),
    (f"json_query({_CUSTOMER}, 'strict $.comment' OMIT QUOTES)", "nice"),
    (f"json_query({_CUSTOMER}, 'lax $.nothing')", None),
    (f"json_query({_CUSTOMER}, 'lax $.nothing' EMPTY OBJECT ON EMPTY)", "{}"),
    (f"json_value({_CUSTOMER}, 'lax $.comment' RETURNING char(12))", "nice        "),
    (f"json_value({_CUSTOMER}, 'lax $.children[0]' RETURNING tinyint)", "10"),
    (f"json_value({_CUSTOMER}, 'strict $.children[2]' DEFAULT 'err' ON ERROR)", "16"),
    (f"json_value({_OTHER}, 'strict $.children[2]' DEFAULT 'err' ON ERROR)", "err"),
    (f"json_value({_OTHER}, 'lax $.children[2]' DEFAULT 'missing' ON EMPTY)", "missing"),
    (f"json_value({_OTHER}, 'lax $.children[2]')", None),
    (f"json_value({_CUSTOMER}, 'lax $.children')", None),
    (f"json_value({_CUSTOMER}, 'lax $.children' DEFAULT 'x' ON ERROR)", "x"),
    (f"json_value({_CUSTOMER}, 'lax $.comment' RETURNING integer)", None),
    (f"json_value({_CUSTOMER}, 'lax $.comment' RETURNING integer DEFAULT -1 ON ERROR)", "-1"),
    ("json_value('{\"a\": null}', 'lax $.a' DEFAULT 'x' ON EMPTY)", None),
    ("json_value('{\"a\": true}', 'lax $.a' RETURNING boolean)", "true"),
    ("json_value('no json', 'lax $')", None),
    ("json_value(NULL, 'lax $' DEFAULT 'x' ON EMPTY)", None),
    ("json_value('{\"price\": 100, \"tax\": 5}', 'strict $.price + $.tax')", "105"),
    ("json_value('[1, -2.5]', 'lax $[last].abs().floor()')", "2"),
    ("json_value('{\"a\": 7}', 'lax $.a + $x' PASSING 3 AS \"x\")", "10"),
    ("json_value('{\"a\": 7}', 'lax $.a + $X' PASSING 3 AS x)", "10"),
    ("json_exists('{\"price\": 5}', 'lax $?(@.price > $p)' PASSING 4 AS \"p\")", "true"),
    # Paths
    (_all(_REGIONS, "lax $.customer"), "[100,300]"),
    (_all(_REGIONS, "lax $[*].*"), '[100,"AFRICA","ASIA",300,"AFRICA",null]'),
    (_all(_REGIONS, 'lax $[*]?(@.region != "ASIA").customer'), "[100,300]"),
    (_all(_REGIONS, "lax $[*]?(!exists(@.customer))"), '[{"region":"ASIA"}]'),
    (_all(_REGIONS, 'lax $[*]?(@.region starts with "AS").region'), '["ASIA"]'),
    (_all(_REGIONS, "lax $[*]?(@.customer > 50 && @.customer < 200).customer"), "[100]"),
    (_all(_REGIONS, "lax $[*]?(@.customer == 100 || @.customer == 300).customer"), "[100,300]"),
    (
        _all("'{\"id\":1,\"notes\":[{\"type\":1,\"comment\":\"foo\"},{\"type\":2,\"comment\":null}],\"comment\":[\"bar\",\"baz\"]}'",
             "lax $..comment"),
        '[["bar","baz"],"foo",null]',
    ),
    (_all("'[[0, 1, 2], [\"a\", \"b\", \"c\", \"d\"], [null, null]]'", "lax $[*][last]"), '[2,"d",null]'),
    (_all("'[[0, 1, 2], [\"a\", \"b\", \"c\", \"d\"], [null, null]]'", "lax $[*][2 to 3]"), '[2,"c","d"]'),
    (_all("'[[0, 1, 2], [\"a\", \"b\", \"c\", \"d\"]]'", "lax $[*][1, 0, 0]"), '[1,0,0,"b","a","a"]'),
    (_all("'[[0, 1, 2], [\"a\", \"b\", \"c\", \"d\"], [null, null]]'", "lax $[*].size()"), "[3,4,2]"),
    (_all("'[1, \"a\", null, {}, [1], true]'", "lax $[*].type()"),
     '["number","string","null","object","array","boolean"]'),
    (_all("'[-1.5, -1, 1.3]'", "lax $[*].floor()"), "[-2,-1,1]"),
    (_all("'{\"a\": 1, \"b\": 2}'", 'lax $.keyvalue()?(@.name == "b").value'), "[2]"),
    ("json_query('[1, \"a\"]', 'lax $.floor()' WITH ARRAY WRAPPER)", None),
    ("json_value('{\"a b\": 5}', 'lax $.\"a b\"')", "5"),
    ("json_value('[5]', 'lax $.double()')", "5.0"),
    ("json_value('1', 'strict $[0]')", None),
    ("json_value('1', 'lax $[0]')", "1"),
    # Constructors
    ("json_array(true, 12e-1, 'text')", '[true,1.2,"text"]'),
    ("json_array('[  \"text\"  ] ' FORMAT JSON)", '[["text"]]'),
    ("json_array(json_query('{\"key\" : [  \"value\"  ]}', 'lax $.key'))", '[["value"]]'),
    ("json_array(DATE '2001-01-31')", '["2001-01-31"]'),
    ("json_array()", "[]"),
    ("json_array(true, null, 1)", "[true,1]"),
    ("json_array(true, null, 1 ABSENT ON NULL)", "[true,1]"),
    ("json_array(true, null, 1 NULL ON NULL)", "[true,null,1]"),
    ("json_array(true, 1 RETURNING VARCHAR(100))", "[true,1]"),
    ("json_object('key1' : 1, 'key2' : true)", '{"key1":1,"key2":true}'),
    ("json_object(KEY 'key1' VALUE 1, KEY 'key2' VALUE true)", '{"key1":1,"key2":true}'),
    ("json_object('key1' VALUE 1, 'key2' VALUE true)", '{"key1":1,"key2":true}'),
    ("json_object('x' : true, 'y' : 12e-1, 'z' : 'text')", '{"x":true,"y":1.2,"z":"text"}'),
    ("json_object('x' : '[  \"text\"  ] ' FORMAT JSON)", '{"x":["text"]}'),
    ("json_object('x' : json_query('{\"key\" : [  \"value\"  ]}', 'lax $.key'))", '{"x":["value"]}'),
    ("json_object('x' : DATE '2001-01-31')", '{"x":"2001-01-31"}'),
    ("json_object()", "{}"),
    ("json_object('x' : null, 'y' : 1)", '{"x":null,"y":1}'),
    ("json_object('x' : null, 'y' : 1 NULL ON NULL)", '{"x":null,"y":1}'),
    ("json_object('x' : null, 'y' : 1 ABSENT ON NULL)", '{"y":1}'),
]  # fmt: skip

FAILURES = [
    (f"json_value({_OTHER}, 'strict $.children[2]' ERROR ON ERROR)", "JSON_VALUE_RESULT_ERROR"),
    (f"json_value({_OTHER}, 'lax $.nothing' ERROR ON EMPTY)", "JSON_VALUE_RESULT_ERROR"),
    ("json_value('{}', '$.a')", "INVALID_PATH"),
    ("json_value('{}', 'lax $.like_regex()')", "INVALID_PATH"),
    ("json_object('x' : null, 'x' : 1 WITH UNIQUE KEYS)", "JSON_OUTPUT_CONVERSION_ERROR"),
]
