"""Rules of DynamoDB for attribute values."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_WRITES = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:TransactWriteItems",
)
_SIGNIFICANT_DIGITS = 38
_LARGEST_EXPONENT, _SMALLEST_EXPONENT = 125, -130
_LEVELS = 32
_SETS = frozenset({"SS", "NS", "BS"})


@rule(
    "number-precision",
    on=_WRITES,
    code="ValidationException",
    source="DynamoDB Developer Guide, Supported data types, Number: 38 digits, 1E-130 to 9.9…E+125",
)
def number_precision(request: Request) -> str | None:
    """A number has at most 38 significant digits, and lies between 1E-130 and 9.9E+125."""
    for _, value in _values(request):
        for text in (value["N"],) if "N" in value else value.get("NS", ()):
            problem = _number_problem(text)
            if problem:
                return problem
    return None


@rule(
    "item-nesting",
    on=_WRITES,
    code="ValidationException",
    source="DynamoDB Developer Guide, Quotas, Attributes, Nested attribute depth: 32 levels",
)
def item_nesting(request: Request) -> str | None:
    """Lists and maps in an item are nested up to 32 levels deep."""
    if all(depth <= _LEVELS for depth, _ in _values(request)):
        return None
    return "Nesting Levels have exceeded supported limits"


@rule(
    "set-without-duplicates",
    on=_WRITES,
    code="ValidationException",
    source="DynamoDB Developer Guide, Supported data types, Sets: each value within a set must be unique",
)
def set_without_duplicates(request: Request) -> str | None:
    """The values of a set are unique."""
    for _, value in _values(request):
        for kind in _SETS.intersection(value):
            members = value[kind]
            if len(set(members)) < len(members):
                shown = ", ".join(map(str, members))
                return f"One or more parameter values were invalid: Input collection [{shown}] contains duplicates."
    return None


def _values(request: Request) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield every typed value that a request writes, such as {"N": "1"}, with its nesting depth in lists and maps."""
    for values in _written(request):
        for value in values.values():
            yield from _nested(value, depth=0)


def _written(request: Request) -> Iterator[Mapping[str, Any]]:
    """Yield the written items, and the values of expressions, by attribute."""
    actions = [request.parameters]
    for writes in request.get("RequestItems", {}).values():
        actions += [write.get("PutRequest", {}) for write in writes]
    for transacted in request.get("TransactItems", ()):
        actions += transacted.values()
    for action in actions:
        yield action.get("Item") or {}
        yield action.get("ExpressionAttributeValues") or {}


def _nested(value: Mapping[str, Any], *, depth: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield depth, value
    for member in (*value.get("L", ()), *value.get("M", {}).values()):
        yield from _nested(member, depth=depth + 1)


def _number_problem(text: str) -> str | None:
    if len(text) <= _SIGNIFICANT_DIGITS and "e" not in text.lower():
        return None  # within every limit; nearly all numbers are this short
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None  # moto refuses it
    if not number.is_finite() or number.is_zero():
        return None
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    if len(digits) > _SIGNIFICANT_DIGITS:
        return f"Attempting to store more than {_SIGNIFICANT_DIGITS} significant digits in a Number"
    if number.adjusted() > _LARGEST_EXPONENT:
        return "Number overflow. Attempting to store a number with magnitude larger than supported range"
    if number.adjusted() < _SMALLEST_EXPONENT:
        return "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    return None


RULES: tuple[Rule, ...] = (number_precision, item_nesting, set_without_duplicates)
