"""Checks of arguments where users call the SDK: types, text that can be stored, ranges, times.

A function states in its annotations what it takes. `checked` and `checked_methods` compare arguments with that, so
that a wrong one is refused by name before anything is done, and not somewhere within by a library.
"""

import ast
import builtins
import functools
import importlib
import inspect
import math
import numbers
import os
import sys
import types
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from terrarium.errors import ArgumentError, Error
from terrarium.plain_text import shown

__all__ = ["Between", "Count", "Days", "Seconds", "Seed", "checked", "checked_methods"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_C = TypeVar("_C", bound=type)

_UNIONS = (Union, types.UnionType)
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


Count = Annotated[int, Between(1, 2**31 - 1)]
"""How many of something: PostgreSQL, botocore and Python's `islice` take numbers up to here."""

Days = Annotated[timedelta, Between(0, 36_500 * 86_400)]
"""An age: of this century, since there are no dates before the year 1."""


Seconds = Annotated[float, Between(0, math.inf)]
"""A duration; not NaN, which is neither shorter nor longer than anything."""

Seed = Annotated[int, Between(-(2**63), 2**64 - 1)]
"""A seed, as NumPy and PyTorch take it."""


def checked(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Check the arguments of each call of `function` against its annotations.

    Raises:
        ArgumentError: At a call: an argument is of another type, out of range, or text that nothing can store.
    """

    @functools.cache  # not before the first call: imports stay quick
    def signature() -> tuple[inspect.Signature, Mapping[str, Any]]:
        found = inspect.signature(function)
        return found, _hints(function, found)

    @functools.wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        expected, hints = signature()
        try:
            bound = expected.bind(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)  # raises Python's own error about the signature
        _check(function.__qualname__, bound, hints)
        with _explained(function):
            returned = function(*args, **kwargs)
        return _explained_items(function, returned) if isinstance(returned, Generator) else returned

    return call


@contextmanager
def _explained(function: Callable[..., Any]) -> Iterator[None]:
    """Raise what boto3, MLflow and SQLAlchemy refuse as errors of Terrarium."""
    try:
        yield
    except Error:
        raise
    except Exception as error:
        from terrarium.refusals import explanation_of

        explanation = explanation_of(error, f"finish {function.__qualname__}")
        if explanation is None:
            raise
        raise explanation from error


def _explained_items(function: Callable[..., Any], items: Generator[Any, Any, Any]) -> Any:
    with _explained(function):
        yield from items


def checked_methods(cls: _C) -> _C:
    """Check the arguments of every public method of a class, as `checked` does."""
    for name, member in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if inspect.isfunction(member):
            setattr(cls, name, checked(member))
        elif isinstance(member, classmethod | staticmethod):
            setattr(cls, name, type(member)(checked(member.__func__)))
    return cls


def _check(function: str, bound: inspect.BoundArguments, hints: Mapping[str, Any]) -> None:
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            values: Iterable[Any] = value
        elif kind is inspect.Parameter.VAR_KEYWORD:
            values = value.values()
        else:
            values = (value,)
        hint = hints.get(name, Any)
        for one in values:
            problem = _problem(one, hint)
            if problem is not None:
                raise ArgumentError(
                    f"{function}: argument {name!r} {problem}",
                    remedy=f"give {_described(hint)}; help(...) of {function} explains it",
                )


def _problem(value: Any, hint: Any) -> str | None:
    """Return what is wrong with a value, None if nothing is."""
    origin = get_origin(hint)
    if hint is Any or hint is object or isinstance(hint, TypeVar):
        return None
    if origin is Annotated:
        base, *limits = get_args(hint)
        return _problem(value, base) or next(filter(None, (_beyond(value, one) for one in limits)), None)
    if origin in _UNIONS:
        if isinstance(value, str) and any(
            issubclass_of(get_origin(one) or one, os.PathLike) for one in get_args(hint)
        ):
            return _problem_of_path(value)
        problems = [_problem(value, one) for one in get_args(hint)]
        if None in problems:
            return None
        # The one that is about the value says more than those that are about its type.
        return next((one for one in problems if one and not one.startswith("cannot be")), problems[0])
    if origin is Literal:
        known = isinstance(value, str | int | None) and value in get_args(hint)
        return None if known else _wrong(value)
    if isinstance(hint, _Named):
        return None if hint.includes(value) else _wrong(value)
    if origin is not None:
        return _problem_of_container(value, origin, get_args(hint))
    if hint is None or hint is type(None):
        return None if value is None else _wrong(value)
    return _problem_of_plain(value, hint)


def _problem_of_plain(value: Any, hint: Any) -> str | None:
    if hint is str:
        return unstorable(value) if isinstance(value, str) else _wrong(value)
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
    if isinstance(hint, type):
        return None if isinstance(value, hint) else _wrong(value)
    return None


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
        problem = _problem(item, hint)
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


def unstorable(text: object) -> str | None:
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


def _described(hint: Any) -> str:
    origin = get_origin(hint)
    if origin is Annotated:
        base, *limits = get_args(hint)
        ranges = [_range(base, one) for one in limits if isinstance(one, Between)]
        return " ".join([_described(base), *ranges])
    if origin in _UNIONS:
        return " or ".join(dict.fromkeys(map(_described, get_args(hint))))
    if origin is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if isinstance(hint, _Named):
        return hint.name
    if origin is not None:
        if origin is _CALLABLE:
            return "a callable"
        name = str(getattr(origin, "__name__", origin))
        if issubclass_of(origin, os.PathLike):
            return "a path"
        inner = ", ".join(_described(one) for one in get_args(hint) if one is not Ellipsis)
        return f"{name} of {inner}" if inner else name
    if hint is None or hint is type(None):
        return "None"
    return _NAMES.get(hint) or str(getattr(hint, "__name__", "a value"))


def _range(base: Any, limit: Between) -> str:
    if base is timedelta:
        return f"of {limit.minimum / 86_400:g} to {limit.maximum / 86_400:g} days"
    return f"from {limit.minimum} to {limit.maximum}"


def issubclass_of(found: Any, cls: type) -> bool:
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


class _Named:
    """A name of an annotation that is imported for type checkers only, such as `Dataset` or `pd.DataFrame`.

    A value belongs to it if one of its classes has the name, so that nothing need be imported to accept it. Only
    before a value is refused the name is imported, since it may stand for a union.
    """

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self._module = module

    def includes(self, value: object) -> bool:
        last = self.name.rpartition(".")[2]
        if any(base.__name__ == last for base in type(value).__mro__):
            return True
        meant = _imported(self.name, self._module)
        return meant is None or _problem(value, meant) is None

    def __getattr__(self, name: str) -> "_Named":
        if name.startswith("__"):
            raise AttributeError(name)
        return _Named(f"{self.name}.{name}", self._module)

    def __getitem__(self, _: object) -> "_Named":
        return self

    def __or__(self, other: Any) -> Any:
        return Union[self, other]  # noqa: UP007 - of objects that are no types

    def __ror__(self, other: Any) -> Any:
        return Union[other, self]  # noqa: UP007 - the same

    def __call__(self) -> None:
        """Be accepted by `typing.Union`, which takes callables only."""


class _Names(dict[str, Any]):
    """The names that annotations of a module can use; unknown ones become `_Named`."""

    def __init__(self, module: str) -> None:
        super().__init__(vars(sys.modules[module]))
        self._module = module

    def __getitem__(self, name: str) -> Any:
        if name in self:
            found = super().__getitem__(name)
            # An alias of a type whose names are imported for type checkers only is text, too.
            return _evaluated(found, self) if isinstance(found, str) else found
        if hasattr(builtins, name) or name.startswith("__"):
            raise KeyError(name)
        return _Named(name, self._module)


def _hints(function: Callable[..., Any], signature: inspect.Signature) -> Mapping[str, Any]:
    names = _Names(function.__module__)
    return {
        name: _evaluated(parameter.annotation, names)
        for name, parameter in signature.parameters.items()
        if parameter.annotation is not inspect.Parameter.empty
    }


def _evaluated(annotation: Any, names: _Names) -> Any:
    """Return an annotation with every name that stands in it as text resolved."""
    if isinstance(annotation, str):
        found = eval(annotation, {}, names)  # noqa: S307 - an annotation of this package
        return _evaluated(found, names)
    forward = getattr(annotation, "__forward_arg__", None)
    if isinstance(forward, str):
        return _evaluated(forward, names)
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if not arguments or origin in (Literal, Callable, None) or isinstance(arguments[0], list):
        return annotation
    resolved = tuple(_evaluated(one, names) for one in arguments)
    if origin is Annotated:
        return Annotated[resolved]
    if origin in _UNIONS:
        return Union[resolved]  # noqa: UP007 - of what was resolved
    return types.GenericAlias(origin, resolved)


@functools.cache
def _imported(name: str, module: str) -> Any:
    """Return what a name stands for that a module imports for type checkers; None if that is not installed."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    head, *attributes = name.split(".")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            if (alias.asname or alias.name) != head:
                continue
            try:
                if isinstance(node, ast.ImportFrom):
                    found = getattr(importlib.import_module(node.module or ""), alias.name)
                else:
                    found = importlib.import_module(alias.name)
                for attribute in attributes:
                    found = getattr(found, attribute)
            except (ImportError, AttributeError):
                return None
            return _evaluated(found, _Names(getattr(found, "__module__", None) or module))
    return None
