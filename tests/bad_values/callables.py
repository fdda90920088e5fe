"""Every public callable that is reachable from `terrarium` and from a connected lab, found by introspection."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

import terrarium

__all__ = ["Target", "constructors_and_functions", "members_of", "public_packages"]

# Packages that are no part of the public API, each with the reason.
INTERNAL_PACKAGES = {
    "aws": "boto3 sessions; reached through lab.session",
    "capture": "what a run captures by itself",
    "cli": "the command line, which has a test of its own",
    "code": "Git, for what a run captures",
    "compute": "exports nothing; reached through lab.compute",
    "entry_points": "programs that jobs start",
    "init": "behind `terrarium init`",
    "io": "files, for the other packages",
    "journal": "what a run writes by itself",
    "metadata": "reached through lab.metadata",
    "secrets": "what a run and `reproduce` leave out by themselves",
    "tabular": "conversion of data, for datasets and features",
    "tracking": "MLflow's plugin, which MLflow calls",
    "tunnel": "behind `terrarium tunnel`",
    "ui": "behind `terrarium ui`",
    "venvs": "virtual environments of `reproduce` and `ui`",
    "verification": "behind `terrarium verify`",
}


@dataclass(frozen=True)
class Target:
    """A callable, and the name to report it by.

    Attributes:
        name: E.g. `Datasets.create`, `terrarium.connect`.
        subject: The name of the object whose method it is; None for functions and constructors.
        attribute: The method's name; None for functions and constructors.
        signature: Without `self`.
    """

    name: str
    signature: inspect.Signature
    subject: str | None = None
    attribute: str | None = None
    function: Callable[..., Any] | None = None

    def of(self, subjects: Mapping[str, Any]) -> Callable[..., Any]:
        """Return what to call."""
        if self.function is not None:
            return self.function
        assert self.subject is not None
        assert self.attribute is not None
        subject = subjects[self.subject]
        static = inspect.getattr_static(type(subject), self.attribute)
        if callable(static) or isinstance(static, classmethod | staticmethod):
            return getattr(subject, self.attribute)  # type: ignore[no-any-return]
        return lambda: getattr(subject, self.attribute or "")


def public_packages() -> list[str]:
    """Return the packages whose `__all__` is public."""
    found = [module.name for module in pkgutil.iter_modules(terrarium.__path__) if module.ispkg]
    unknown = INTERNAL_PACKAGES.keys() - set(found)
    assert not unknown, f"these packages are gone: {sorted(unknown)}"
    return ["terrarium", *(f"terrarium.{name}" for name in found if name not in INTERNAL_PACKAGES)]


def constructors_and_functions() -> Iterator[Target]:
    """Yield every function, and every class that has a signature, that a public package exports."""
    seen: set[int] = set()
    for package in public_packages():
        module = importlib.import_module(package)
        for name in module.__all__:
            found = getattr(module, name)
            if id(found) in seen or not callable(found) or not _is_ours(found):
                continue
            seen.add(id(found))
            if inspect.isclass(found) and issubclass(found, Exception):
                continue  # raised, never asked for
            if inspect.isclass(found) and inspect.isabstract(found):
                continue
            yield Target(f"{package}.{name}", inspect.signature(found), function=found)
            if inspect.isclass(found):
                yield from _class_methods(found)


def _class_methods(cls: type) -> Iterator[Target]:
    for name, member in _members(cls):
        if isinstance(inspect.getattr_static(cls, name), classmethod | staticmethod):
            bound = getattr(cls, name)
            yield Target(f"{cls.__name__}.{name}", inspect.signature(bound), function=bound)
        del member


def members_of(subjects: Mapping[str, Any]) -> Iterator[Target]:
    """Yield every public method and property of every subject; each class once."""
    seen: set[type] = set()
    for subject, value in subjects.items():
        cls = type(value)
        if cls in seen:
            continue
        seen.add(cls)
        for name, member in _members(cls):
            static = inspect.getattr_static(cls, name)
            if isinstance(static, classmethod | staticmethod):
                continue  # of classes, above
            if inspect.isfunction(static):
                signature = inspect.signature(member)
                parameters = list(signature.parameters.values())[1:]
                yield Target(
                    f"{cls.__name__}.{name}",
                    signature.replace(parameters=parameters),
                    subject=subject,
                    attribute=name,
                )
            else:
                yield Target(f"{cls.__name__}.{name}", inspect.Signature(), subject=subject, attribute=name)


def _members(cls: type) -> Iterator[tuple[str, Any]]:
    for name in sorted(dir(cls)):
        if name.startswith("_"):
            continue
        static = inspect.getattr_static(cls, name)
        function = static
        if isinstance(static, classmethod | staticmethod):
            function = static.__func__
        elif isinstance(static, property):
            function = static.fget
        elif hasattr(static, "func"):  # functools.cached_property
            function = static.func
        if _is_ours(function) and callable(function) and name not in BaseModel.__dict__:
            yield name, function


def _is_ours(found: Any) -> bool:
    return str(getattr(found, "__module__", "")).startswith("terrarium")
