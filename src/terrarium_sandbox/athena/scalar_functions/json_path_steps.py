"""Steps of SQL/JSON paths: accessors, arithmetic, filters and methods, on sequences of items.

Source of the rules of lax and strict mode: Trino documentation, "JSON path modes" and "Comparison rules".
"""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

__all__ = [
    "COMPARISONS", "METHODS", "Context", "PathFailure", "PathSyntaxError", "Predicate", "Step", "binary", "both",
    "comparing", "current", "descendants", "either", "elements", "exists", "filtered", "member", "members", "named",
    "pairwise", "starts_with", "subscripted", "unary",
]  # fmt: skip

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<>": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_MISSING = object()

Items = list[Any]
Step = Callable[["Context"], Items]
# A predicate returns True, False, or None for unknown.
Predicate = Callable[["Context"], bool | None]


class PathFailure(Exception):  # noqa: N818 - an expected failure of the path
    """The evaluation of a path on a value failed."""


class PathSyntaxError(Exception):
    """A path has invalid or unsupported syntax."""


class Context:
    """The context of an evaluation: the value, the parameters, the mode, and the item of the innermost filter."""

    def __init__(self, root: Any, named: dict[str, Any], *, lax: bool) -> None:
        self.root = root
        self.named = named
        self.lax = lax
        self.current: Any = _MISSING
        self.last = -1


def named(name: str) -> Step:
    """Return the step to a parameter of PASSING."""

    def step(context: Context) -> Items:
        if name not in context.named:
            raise PathSyntaxError(f"no value was passed for the parameter {name} of the JSON path")
        return [context.named[name]]

    return step


def current(context: Context) -> Items:
    """Return the item that a filter examines: `@`."""
    if context.current is _MISSING:
        raise PathSyntaxError("@ is outside a filter in the JSON path")
    return [context.current]


def _unwrapped(items: Items, context: Context) -> Items:
    if not context.lax:
        return items
    return [inner for item in items for inner in (item if isinstance(item, list) else [item])]


def _number(item: Any) -> Any:
    if isinstance(item, bool) or not isinstance(item, int | float | Decimal):
        raise PathFailure(f"invalid item type. Expected: NUMBER, actual: {_type_name(item)}")
    return item


def _single_number(items: Items, context: Context) -> Any:
    found = _unwrapped(items, context)
    if len(found) != 1:
        raise PathFailure(f"arithmetic needs one number, not {len(found)} items")
    return _number(found[0])


def binary(sign: str, left: Step, right: Step) -> Step:
    """Return the step of an arithmetic operation on two single numbers."""

    def step(context: Context) -> Items:
        one, other = _single_number(left(context), context), _single_number(right(context), context)
        if isinstance(one, float) or isinstance(other, float):
            one, other = float(one), float(other)
        if sign in "/%" and other == 0:
            raise PathFailure("division by zero")
        match sign:
            case "+":
                return [one + other]
            case "-":
                return [one - other]
            case "*":
                return [one * other]
            case "%":
                return [one - other * int(one / other)]
            case _:
                is_integer = one == int(one) and other == int(other) and not isinstance(one, float)
                return [Decimal(int(one / other)) if is_integer else one / other]

    return step


def unary(operand: Step, apply: Callable[[Any], Any]) -> Step:
    """Return the step that applies a sign or method to every number."""
    return lambda context: [apply(_number(item)) for item in _unwrapped(operand(context), context)]


def member(operand: Step, key: str) -> Step:
    """Return the step to the values of a key: `.key`."""

    def step(context: Context) -> Items:
        found = []
        for item in _unwrapped(operand(context), context):
            if isinstance(item, dict) and key in item:
                found.append(item[key])
            elif not context.lax:
                raise PathFailure(f"missing member '{key}' in JSON object")
        return found

    return step


def members(operand: Step) -> Step:
    """Return the step to the values of all keys: `.*`."""

    def step(context: Context) -> Items:
        found: Items = []
        for item in _unwrapped(operand(context), context):
            if isinstance(item, dict):
                found.extend(item.values())
            elif not context.lax:
                raise PathFailure(f"invalid item type. Expected: OBJECT, actual: {_type_name(item)}")
        return found

    return step


def descendants(operand: Step, key: str) -> Step:
    """Return the step to the values of a key on all levels: `..key`."""

    def visit(item: Any, found: Items) -> None:
        if isinstance(item, dict):
            if key in item:
                found.append(item[key])
            for inner in item.values():
                visit(inner, found)
        elif isinstance(item, list):
            for inner in item:
                visit(inner, found)

    def step(context: Context) -> Items:
        found: Items = []
        for item in operand(context):
            visit(item, found)
        return found

    return step


def _arrays(items: Items, context: Context) -> list[list[Any]]:
    arrays = []
    for item in items:
        if not isinstance(item, list) and not context.lax:
            raise PathFailure(f"invalid item type. Expected: ARRAY, actual: {_type_name(item)}")
        arrays.append(item if isinstance(item, list) else [item])
    return arrays


def elements(operand: Step) -> Step:
    """Return the step to all elements: `[*]`."""
    return lambda context: [item for array in _arrays(operand(context), context) for item in array]


def subscripted(operand: Step, ranges: Sequence[tuple[Step, Step | None]]) -> Step:
    """Return the step to the elements at indexes and ranges: `[0, 2 to last]`."""

    def step(context: Context) -> Items:
        found: Items = []
        for array in _arrays(operand(context), context):
            outer, context.last = context.last, len(array) - 1
            for first, last in ranges:
                begin = int(_single_number(first(context), context))
                end = begin if last is None else int(_single_number(last(context), context))
                wrong = begin < 0 or end >= len(array) or begin > end
                if wrong and not context.lax:
                    raise PathFailure(
                        f"invalid array subscript: [{begin}, {end}] for array of size {len(array)}"
                    )
                found.extend(array[max(begin, 0) : end + 1] if end >= 0 else [])
            context.last = outer
        return found

    return step


def filtered(operand: Step, predicate: Predicate) -> Step:
    """Return the step to the items for which a predicate is true: `?(...)`."""

    def step(context: Context) -> Items:
        found = []
        outer = context.current
        for item in _unwrapped(operand(context), context):
            context.current = item
            if predicate(context):
                found.append(item)
        context.current = outer
        return found

    return step


def exists(path: Step) -> Predicate:
    """Return the predicate that a path finds an item; unknown if the path fails."""

    def predicate(context: Context) -> bool | None:
        try:
            return bool(path(context))
        except PathFailure:
            return None

    return predicate


def either(left: Predicate, right: Predicate) -> Predicate:
    """Return the predicate `||` with unknown."""

    def predicate(context: Context) -> bool | None:
        values = left(context), right(context)
        return True if True in values else None if None in values else False

    return predicate


def both(left: Predicate, right: Predicate) -> Predicate:
    """Return the predicate `&&` with unknown."""

    def predicate(context: Context) -> bool | None:
        values = left(context), right(context)
        return False if False in values else None if None in values else True

    return predicate


def pairwise(left: Step, right: Step, compare: Callable[[Any, Any], bool | None]) -> Predicate:
    """Return the predicate that a pair matches; unknown if a comparison fails (lax: only before the first match)."""

    def predicate(context: Context) -> bool | None:
        try:
            lefts, rights = _unwrapped(left(context), context), _unwrapped(right(context), context)
        except PathFailure:
            return None
        found = failed = False
        for one in lefts:
            for other in rights:
                result = compare(one, other)
                if result is None:
                    failed = True
                found = found or bool(result)
                if context.lax and (found or failed):
                    return True if found else None
        return None if failed else found

    return predicate


def comparing(sign: str) -> Callable[[Any, Any], bool | None]:
    """Return the comparison of two items; unknown for items of different kinds."""

    def compare(one: Any, other: Any) -> bool | None:
        if one is None or other is None:
            return one is None and other is None and sign == "=="
        if isinstance(one, list | dict) or isinstance(other, list | dict) or _kind(one) != _kind(other):
            return None
        if isinstance(one, float) or isinstance(other, float):
            one, other = float(one), float(other)
        return COMPARISONS[sign](one, other)

    return compare


def starts_with(one: Any, other: Any) -> bool | None:
    """Return whether a text starts with another one."""
    return one.startswith(other) if isinstance(one, str) and isinstance(other, str) else None


def _kind(item: Any) -> str:
    return "boolean" if isinstance(item, bool) else "string" if isinstance(item, str) else "number"


def _type_name(item: Any) -> str:
    if item is None:
        return "null"
    if isinstance(item, list):
        return "array"
    return "object" if isinstance(item, dict) else _kind(item)


def _type(operand: Step) -> Step:
    return lambda context: [_type_name(item) for item in operand(context)]


def _size(operand: Step) -> Step:
    return lambda context: [Decimal(len(array)) for array in _arrays(operand(context), context)]


def _double(operand: Step) -> Step:
    def step(context: Context) -> Items:
        try:
            return [
                float(item) if isinstance(item, str) else float(_number(item))
                for item in _unwrapped(operand(context), context)
            ]
        except ValueError as error:
            raise PathFailure(str(error)) from error

    return step


def _keyvalue(operand: Step) -> Step:
    def step(context: Context) -> Items:
        found: Items = []
        for number, item in enumerate(_unwrapped(operand(context), context)):
            if not isinstance(item, dict):
                raise PathFailure(f"invalid item type. Expected: OBJECT, actual: {_type_name(item)}")
            found.extend({"name": key, "value": value, "id": number} for key, value in item.items())
        return found

    return step


def _whole(rounding: str) -> Callable[[Step], Step]:
    roundings: dict[str, Callable[[Any], Any]] = {"ceiling": math.ceil, "floor": math.floor, "abs": abs}
    apply = roundings[rounding]

    def method(operand: Step) -> Step:
        return unary(operand, lambda number: type(number)(apply(number)))

    return method


METHODS: dict[str, Callable[[Step], Step]] = {
    "abs": _whole("abs"),
    "ceiling": _whole("ceiling"),
    "double": _double,
    "floor": _whole("floor"),
    "keyvalue": _keyvalue,
    "size": _size,
    "type": _type,
}
