"""Terraform expressions are evaluated as far as that is possible before a deployment."""

from typing import Any

import pytest

from policies.aws.values.expressions import UNKNOWN, evaluate, is_unknown

VALUES = {"name": "jobs", "port": 5432, "names": ["a", "b"], "later": UNKNOWN}


def lookup(kind: str, logical_id: str, attribute: str) -> Any:
    assert (kind, logical_id) == ("aws_thing", "my-thing_1")
    return VALUES[attribute]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${aws_thing.my-thing_1.name}", "jobs"),
        ("${aws_thing.my-thing_1.port}", 5432),
        ("x-${aws_thing.my-thing_1.name}-${aws_thing.my-thing_1.port}", "x-jobs-5432"),
        ("session/$${aws:username}-*", "session/${aws:username}-*"),
        ("${element(data.aws_thing.my-thing_1.names, 3)}", "b"),
        ('${join(",", ["a", aws_thing.my-thing_1.name])}', "a,jobs"),
        ('${jsonencode({"a" = [1, true, null], "b" = "q\\"<"})}', '{"a":[1,true,null],"b":"q\\"\\u003c"}'),
        ('${concat([for v in data.aws_thing.x[*].v : v if v > "1"], ["17.7"])[0]}', "17.7"),
    ],
)
def test_evaluates(text: str, value: object) -> None:
    assert evaluate(text, lookup) == value


@pytest.mark.parametrize(
    "text",
    [
        "${aws_thing.my-thing_1.later}",
        "a-${aws_thing.my-thing_1.later}",
        "${1 + 2}",
        '${var.x == "}" ? 1 : 2}',
        '${cidrsubnet("10.0.0.0/16", 8, 1)}',
        "${concat([for v in var.x : v], [])[0]}",
    ],
)
def test_leaves_unknown_what_it_cannot_evaluate(text: str) -> None:
    assert is_unknown(evaluate({"argument": [text]}, lookup))
