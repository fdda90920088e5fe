"""Evaluation of conditions, as in IAM's reference of condition operators."""

import pytest

from terrarium_sandbox.authorization.conditions import holds

CONTEXT = {
    "aws:principalarn": ("arn:aws:iam::111111111111:role/terrarium-dev-job",),
    "aws:sourceip": ("10.1.2.3",),
    "aws:tagkeys": ("owner", "environment"),
    "aws:currenttime": ("2026-05-01T12:00:00+00:00",),
    "aws:securetransport": ("true",),
    "s3:max-keys": ("10",),
    "s3:prefix": ("experiments/1/",),
}


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "s3:prefix", "experiments/1/", True),
        ("StringEquals", "s3:prefix", ["x", "experiments/1/"], True),
        ("StringEquals", "s3:prefix", "Experiments/1/", False),
        ("StringEqualsIgnoreCase", "s3:prefix", "EXPERIMENTS/1/", True),
        ("StringNotEquals", "s3:prefix", ["a", "b"], True),
        ("StringNotEquals", "s3:prefix", ["a", "experiments/1/"], False),
        ("StringLike", "s3:prefix", "experiments/*", True),
        ("StringLike", "s3:prefix", "artifacts/*", False),
        ("StringNotLike", "s3:prefix", "artifacts/*", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/terrarium-*", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:*:role/terrarium-*", False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::222222222222:*", True),
        ("Bool", "aws:SecureTransport", "true", True),
        ("Bool", "aws:SecureTransport", False, False),
        ("NumericLessThanEquals", "s3:max-keys", "10", True),
        ("NumericGreaterThan", "s3:max-keys", 10, False),
        ("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", True),
        ("DateLessThan", "aws:CurrentTime", "2026-01-01", False),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/8", True),
        ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "192.168.0.0/16"], False),
        ("Null", "s3:prefix", "false", True),
        ("Null", "s3:delimiter", "true", True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["owner", "environment", "team"], True),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["owner"], False),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["owner"], True),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["team"], False),
    ],
)
def test_an_operator_compares(operator: str, key: str, value: object, *, expected: bool) -> None:
    assert holds({operator: {key: value}}, CONTEXT) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringEqualsIfExists", True),
        ("StringNotEquals", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("Bool", False),
    ],
)
def test_of_a_key_that_the_request_lacks(operator: str, *, expected: bool) -> None:
    assert holds({operator: {"s3:delimiter": "/"}}, CONTEXT) is expected


def test_all_conditions_must_hold() -> None:
    both = {"StringLike": {"s3:prefix": "experiments/*"}, "Bool": {"aws:SecureTransport": "false"}}
    assert not holds(both, CONTEXT)


def test_a_variable_stands_for_the_requests_own_value() -> None:
    context = {"s3:prefix": ("home/ada/",), "aws:username": ("ada",)}
    condition = {"StringLike": {"s3:prefix": "home/${aws:username}/*"}}
    assert holds(condition, context)
    assert not holds(condition, {**context, "aws:username": ("grace",)})
    assert not holds(condition, {"s3:prefix": ("home//x",)})


def test_a_wildcard_that_a_variable_brings_in_is_no_wildcard() -> None:
    context = {"s3:prefix": ("home/ada/",), "aws:username": ("*",)}
    assert not holds({"StringLike": {"s3:prefix": "home/${aws:username}/*"}}, context)


def test_an_operator_that_iam_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="StringMatches"):
        holds({"StringMatches": {"s3:prefix": "x"}}, CONTEXT)
