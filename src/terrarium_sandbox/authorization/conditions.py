"""Conditions of policies.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

import ipaddress
import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from terrarium_sandbox.authorization.patterns import Context, arn_matches, matches, substitute

__all__ = ["holds"]

Test = Callable[[str, str], bool]  # (value in the policy, value of the request)


def holds(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Return whether all conditions hold for a request.

    Args:
        conditions: The `Condition` element of a statement.
        context: Values of condition keys for the request, by lower-case key.

    Raises:
        ValueError: IAM has no such operator.
    """
    return all(
        _holds(name, _listed(expected), context.get(key.lower()), context)
        for name, tests in conditions.items()
        for key, expected in tests.items()
    )


def _holds(name: str, expected: list[str], given: tuple[str, ...] | None, context: Context) -> bool:
    quantifier, _, plain = name.rpartition(":")
    if plain == "Null":
        return (given is None) == (expected[0].lower() == "true")
    lenient = plain.endswith("IfExists")
    test, negated = _test(plain.removesuffix("IfExists"))
    if given is None:
        return lenient or (negated and quantifier != "ForAnyValue") or quantifier == "ForAllValues"
    filled = [value for value in (substitute(one, context) for one in expected) if value is not None]

    def fits(value: str) -> bool:
        return any(test(one, value) for one in filled) != negated

    if quantifier == "ForAllValues":
        return all(fits(value) for value in given)
    if quantifier == "ForAnyValue" or not negated:
        return any(fits(value) for value in given)
    return all(fits(value) for value in given)


def _test(name: str) -> tuple[Test, bool]:
    """Return the test of an operator, and whether the operator negates it."""
    if name in _TESTS:
        return _TESTS[name], False
    positive = "IpAddress" if name == "NotIpAddress" else name.replace("Not", "", 1)
    if positive != name and positive in _TESTS:
        return _TESTS[positive], True
    raise ValueError(f"IAM has no condition operator {name}")


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


def _exactly(expected: str, given: str) -> bool:
    return expected == given


def _numbers(compare: Callable[[Any, Any], bool]) -> Test:
    def test(expected: str, given: str) -> bool:
        return compare(float(given), float(expected))

    return test


def _moments(compare: Callable[[Any, Any], bool]) -> Test:
    def test(expected: str, given: str) -> bool:
        return compare(_moment(given), _moment(expected))

    return test


def _moment(value: str) -> datetime:
    if value.isdigit():
        return datetime.fromtimestamp(int(value), UTC)
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_COMPARISONS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}

_TESTS: Mapping[str, Test] = {
    "StringEquals": _exactly,
    "StringEqualsIgnoreCase": lambda expected, given: expected.lower() == given.lower(),
    "StringLike": matches,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "BinaryEquals": _exactly,
    "Bool": lambda expected, given: expected.lower() == given.lower(),
    "IpAddress": lambda expected, given: (
        ipaddress.ip_address(given) in ipaddress.ip_network(expected, strict=False)
    ),
    **{f"Numeric{name}": _numbers(compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": _moments(compare) for name, compare in _COMPARISONS.items()},
}
