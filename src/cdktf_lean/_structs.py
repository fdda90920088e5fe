"""Reads what a program hands to the kernel, as jsii does, but for what is not there.

jsii asks a struct for every property that it could have, four of five of which were never given, and each one evaluates
its type to answer. Here, only those are read that were given; for the kernel, to be absent and to be null is the same.
"""

from collections.abc import Callable
from typing import Any

import jsii._kernel
from jsii._kernel.types import Override

__all__ = ["read_structs_as_given"]

# Of a generated struct: what each of its properties is called in Python, and in the kernel.
_PROPERTIES = "__jsii_name_mapping__"
_PLAIN = {type(None), bool, float, int, str}

_read: Callable[[Any, Any], Any] = jsii._kernel._make_reference_for_native
_find_overrides: Callable[[type, Any], list[Override]] = jsii._kernel._get_overides


def read_structs_as_given() -> None:
    """Have jsii read structs this way, and look for overrides only where there may be some."""
    vars(jsii._kernel).update(
        _make_reference_for_native=_read_value, _get_overides=_find_overrides_of_the_program
    )


def _read_value(kernel: Any, value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [_read_value(kernel, item) for item in value]
    if names := vars(kind).get(_PROPERTIES):
        given = vars(value).get("_values")
        if isinstance(given, dict):
            data = {
                name: _read_value(kernel, given[python_name])
                for python_name, name in names.items()
                if python_name in given
            }
            return {"$jsii.struct": {"fqn": kind.__jsii_type__, "data": data}}
    return _read(kernel, value)  # which comes back here for what is within


def _find_overrides_of_the_program(kind: type, value: Any) -> list[Override]:
    if vars(type(value)).get("__jsii_declared_type__") is not None:
        return []  # a generated class: only a program's own has some
    return _find_overrides(kind, value)
