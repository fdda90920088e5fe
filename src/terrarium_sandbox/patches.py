"""Patches: the attributes of moto and other libraries that the sandbox replaces, each with its reason.

Nothing else in the sandbox assigns to a class or module of another distribution; a test checks that.
`terrarium sandbox patches` prints the table, and `make docs` writes it into the documentation.
"""

import functools
import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

__all__ = ["Patch", "argument", "list_patches", "patch", "wrap"]

_Replacement: TypeAlias = Callable[..., Any]


class Patch(NamedTuple):
    """One replaced or added attribute.

    Attributes:
        target: The attribute with its module and class.
        adds: The library lacks the attribute, and the sandbox adds it.
        reason: What the library does otherwise.
        module: The module of the sandbox that holds the replacement.
        line: The line of that module.
    """

    target: str
    adds: bool
    reason: str
    module: str
    line: int


# By target, module and line: a second installation in one process lists nothing twice.
_patches: dict[tuple[str, str, int], Patch] = {}


def patch(
    owner: type | ModuleType, name: str, replacement: object, *, reason: str, adds: bool = False
) -> None:
    """Set an attribute of a class or module of another distribution, and list it in the table of patches.

    Args:
        owner: The class or module.
        name: The attribute.
        replacement: Its new value.
        reason: What the library does otherwise, in one sentence.
        adds: The library has no such attribute.

    Raises:
        AttributeError: The library has no such attribute, or has one that `adds` denies: another version of it is
            installed than the sandbox was written for.

    Example:
        >>> patch(KmsResponse, "_get_param", get_with_default, reason="moto requires PolicyName.")
    """
    _apply(owner, name, replacement, reason=reason, adds=adds, depth=2)


def wrap(owner: type | ModuleType, name: str, *, reason: str) -> Callable[[_Replacement], None]:
    """Replace a function by the decorated one, which gets the original as its first argument; else as `patch`.

    Example:
        >>> @wrap(RDSBackend, "stop_db_cluster", reason="moto has no database server to stop.")
        ... def stop(original, backend, cluster_identifier): ...
    """
    original = getattr(owner, name)

    def replace(replacement: _Replacement) -> None:
        @functools.wraps(original)
        def method(*arguments: Any, **keywords: Any) -> Any:
            return replacement(original, *arguments, **keywords)

        _apply(owner, name, method, reason=reason, adds=False, depth=2)

    return replace


def argument(function: _Replacement, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return the argument of that name, positional or not; None if the call has none."""
    return inspect.signature(function).bind(*arguments, **keywords).arguments.get(name)


def list_patches() -> list[Patch]:
    """Return the patches of this process: by module of the sandbox, in the order in which they apply."""
    return sorted(_patches.values(), key=lambda found: (found.module, found.line))


def _apply(
    owner: type | ModuleType, name: str, replacement: object, *, reason: str, adds: bool, depth: int
) -> None:
    target = f"{_full_name(owner)}.{name}"
    if adds == hasattr(owner, name) and not any(known.target == target for known in _patches.values()):
        raise AttributeError(f"{target} {'exists already' if adds else 'does not exist'}")
    caller = sys._getframe(depth)
    found = Patch(target, adds, reason, caller.f_globals["__name__"], caller.f_lineno)
    _patches[target, found.module, found.line] = found
    setattr(owner, name, replacement)


def _full_name(owner: type | ModuleType) -> str:
    return owner.__name__ if isinstance(owner, ModuleType) else f"{owner.__module__}.{owner.__qualname__}"
