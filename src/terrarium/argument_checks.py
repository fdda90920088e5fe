"""Comparison of a value with an annotation: the problem, and the allowed values."""

import numbers
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from terrarium.annotations import UNIONS, Named
from terrarium.plain_text import shown

__all__ = ["Between", "described", "problem_of"]

_CALLABLE: Any = Callable
_MOST_BITS = 64
_MOST_ITEMS = 1_000  # of a container that are looked at: more are data rather than arguments


class Between:
    """The range of a number, both ends included: `Annotated[int, Between(1, 10)]`."""

    def __init__(self, minimum: float, maximum: float) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def __repr__(self) -> str:
        return f"{self.minimum}..{self.maximum}"


def problem_of(value: Any, hint: Any) -> str | None:
    """Return the problem of a value with an annotation; None if there is none."""
    origin = get_origin(hint)
    if hint is Any or hint is object:
        return None
    if isinstance(hint, TypeVar):
        return None if hint.__bound__ is None else problem_of(value, hint.__bound__)
    if origin is Annotated:
        base, *limits = get_args(hint)
        return problem_of(value, base) or next(filter(None, (_beyond(value, one) for one in limits)), None)
    if origin in UNIONS:
        if isinstance(value, str) and any(
            _is_below(get_origin(one) or one, os.PathLike) for one in get_args(hint)
        ):
            return _problem_of_path(value)
        problems = [problem_of(value, one) for one in get_args(hint)]
        if None in problems:
            return None
        # The one that is about the value says more than those that are about its type.
        return next((one for one in problems if one and not one.startswith("cannot be")), problems[0])
    if origin is Literal:
        known = isinstance(value, str | int | None) and value in get_args(hint)
        return None if known else _wrong(value)
    if isinstance(hint, Named):
        return _problem_of_named(value, hint)
    if origin is not None:
        return _problem_of_container(value, origin, get_args(hint))
    if hint is None or hint is type(None):
        return None if value is None else _wrong(value)
    return _problem_of_plain(value, hint)


def _problem_of_named(value: Any, named: Named) -> str | None:
    if named.is_name_of(value):
        return None
    meant = named.meant()
    return None if meant is None or problem_of(value, meant) is None else _wrong(value)


def _problem_of_plain(value: Any, hint: Any) -> str | None:
    if hint is str:
        return _unstorable(value) if isinstance(value, str) else _wrong(value)
    if hint is bool:
        return None if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool") else _wrong(value)
    if hint is int:
        whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
        return _too_many_bits(int(value)) if whole else _wrong(value)
    if hint is float:
        real = isinstance(value, numbers.Real) and not isinstance(value, bool)
        return _overflow(value) if real else _wrong(value)
    if hint in (datetime, date, timedelta):
        # pandas.NaT is an instance of datetime that does not equal itself.
        return None if isinstance(value, hint) and value == value else _wrong(value)
    if getattr(hint, "_is_protocol", False):
        return None if _has_members_of(value, hint) else _wrong(value)
    if isinstance(hint, type):
        return None if isinstance(value, hint) else _wrong(value)
    return None


def _has_members_of(value: Any, protocol: Any) -> bool:
    """Return whether a value has the members of a protocol, without computing its properties."""
    members = {
        name
        for base in protocol.__mro__
        if getattr(base, "_is_protocol", False)
        for name in vars(base)
        if not name.startswith("_")
    }
    return all(hasattr(type(value), name) or name in getattr(value, "__dict__", {}) for name in members)


def _overflow(value: Any) -> str | None:
    try:
        float(value)
    except OverflowError:
        return f"is beyond the largest float: {shown(value)}"
    return None


def _too_many_bits(value: int) -> str | None:
    if value.bit_length() <= _MOST_BITS:
        return None
    return "is out of range: it has more than 64 bits, and no service or database takes it"


def _problem_of_container(value: Any, origin: Any, arguments: tuple[Any, ...]) -> str | None:
    if origin is type:
        return None if isinstance(value, type) else _wrong(value)
    if origin is _CALLABLE:
        return None if callable(value) else _wrong(value)
    if issubclass(origin, os.PathLike):
        return _problem_of_path(os.fspath(value)) if isinstance(value, os.PathLike) else _wrong(value)
    if issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            return _wrong(value)
        keys, values = (*arguments, Any, Any)[:2]
        return _first([(key, keys) for key in value] + [(item, values) for item in value.values()])
    if origin in (Sequence, Collection, list):
        # An index of pandas and an array of NumPy are sequences that are not registered as such.
        if not isinstance(value, Sequence) and not _is_array(value):
            return _wrong(value)
        if isinstance(value, str | bytes | bytearray):
            return _wrong(value)
        return _first([(item, arguments[0]) for item in _some(value)]) if arguments else None
    if origin is tuple:
        if not isinstance(value, tuple):
            return _wrong(value)
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _first([(item, arguments[0]) for item in _some(value)])
        return None
    if origin in (Iterable, Iterator):
        return None if isinstance(value, origin) and not isinstance(value, str | bytes) else _wrong(value)
    return None if isinstance(value, origin) else _wrong(value)


def _is_array(value: Any) -> bool:
    one_dimension = getattr(value, "ndim", None) == 1 and hasattr(value, "__len__")
    return one_dimension and not hasattr(value, "columns")


def _some(items: Any) -> Iterator[Any]:
    for _, item in zip(range(_MOST_ITEMS), items, strict=False):
        yield item


def _first(pairs: Iterable[tuple[Any, Any]]) -> str | None:
    for item, hint in pairs:
        problem = problem_of(item, hint)
        if problem is not None:
            return f"has an item that {problem}"
    return None


def _problem_of_path(path: str | bytes) -> str | None:
    """Return why a path cannot be one; names that are not UTF-8 exist on file systems."""
    if "\0" in str(path):
        return f"has the character NUL: {shown(path)}"
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        return f"has a lone surrogate at {error.start}, which no path has: {shown(path)}"
    return None


def _unstorable(text: object) -> str | None:
    """Return why no file name, request or database takes this text; None if they do."""
    if not isinstance(text, str):
        return None
    if "\0" in text:
        return f"has the character NUL at {text.index(chr(0))}: {shown(text)}"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"has a lone surrogate at {error.start}, which UTF-8 cannot encode: {shown(text)}"
    return None


def _beyond(value: Any, limit: object) -> str | None:
    if not isinstance(limit, Between) or value is None:
        return None
    number = value.total_seconds() if isinstance(value, timedelta) else value
    if limit.minimum <= number <= limit.maximum:
        return None
    return f"is out of range: {shown(value)}"


def _wrong(value: object) -> str:
    return f"cannot be {shown(value)}, a {type(value).__name__}"


def described(hint: Any) -> str:
    """Return a description of the values that an annotation allows."""
    origin = get_origin(hint)
    if origin is Annotated:
        base, *limits = get_args(hint)
        ranges = [_range(base, one) for one in limits if isinstance(one, Between)]
        return " ".join([described(base), *ranges])
    if origin in UNIONS:
        return " or ".join(dict.fromkeys(map(described, get_args(hint))))
    if origin is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if isinstance(hint, Named):
        return hint.name
    if isinstance(hint, TypeVar):
        return described(hint.__bound__ or object)
    if origin is not None:
        if origin is _CALLABLE:
            return "a callable"
        name = str(getattr(origin, "__name__", origin))
        if _is_below(origin, os.PathLike):
            return "a path"
        inner = ", ".join(described(one) for one in get_args(hint) if one is not Ellipsis)
        return f"{name} of {inner}" if inner else name
    if hint is None or hint is type(None):
        return "None"
    return _NAMES.get(hint) or str(getattr(hint, "__name__", "a value"))


def _range(base: Any, limit: Between) -> str:
    if base is timedelta:
        return f"of {limit.minimum / 86_400:g} to {limit.maximum / 86_400:g} days"
    return f"from {limit.minimum} to {limit.maximum}"


def _is_below(found: Any, cls: type) -> bool:
    """Return whether `found` is a class below `cls`."""
    return isinstance(found, type) and issubclass(found, cls)


_NAMES: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    bytes: "bytes",
    datetime: "a datetime",
    timedelta: "a timedelta",
    Any: "anything",
    object: "anything",
}
