"""Annotations of functions, with every name in them resolved as far as that needs no import."""

import ast
import builtins
import functools
import importlib
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

__all__ = ["UNIONS", "Named", "hints_of"]

UNIONS = (Union, types.UnionType)


class Named:
    """A name of an annotation that is imported for type checkers only, such as `Dataset` or `pd.DataFrame`.

    A value belongs to it if one of its classes has the name, so that nothing need be imported to accept it. Only
    before a value is refused the name is imported, since it may stand for a union.
    """

    def __init__(self, name: str, module: str) -> None:
        self.name = name
        self._module = module

    def meant(self) -> Any:
        """Return the object of the name; None if it is not installed."""
        return _imported(self.name, self._module)

    def is_name_of(self, value: object) -> bool:
        """Return whether one of the classes of a value has this name."""
        last = self.name.rpartition(".")[2]
        return any(base.__name__ == last for base in type(value).__mro__)

    def __getattr__(self, name: str) -> "Named":
        if name.startswith("__"):
            raise AttributeError(name)
        return Named(f"{self.name}.{name}", self._module)

    def __getitem__(self, _: object) -> "Named":
        return self

    def __or__(self, other: Any) -> Any:
        return Union[self, other]  # noqa: UP007 - of objects that are no types

    def __ror__(self, other: Any) -> Any:
        return Union[other, self]  # noqa: UP007 - the same

    def __call__(self) -> None:
        """Be accepted by `typing.Union`, which takes callables only."""


class _Names(dict[str, Any]):
    """The names that annotations of a module can use; unknown ones become `Named`."""

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
        return Named(name, self._module)


def hints_of(function: Callable[..., Any], signature: inspect.Signature) -> Mapping[str, Any]:
    """Return the annotation of each parameter that has one."""
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
    if origin in UNIONS:
        return Union[resolved]  # noqa: UP007 - of what was resolved
    return types.GenericAlias(origin, resolved)


@functools.cache
def _imported(name: str, module: str) -> Any:
    """Return the object of a name that a module imports for type checkers; None if it is not installed."""
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
