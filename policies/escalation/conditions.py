"""Evaluation of the conditions of policy statements, as far as the request is known.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Condition operators with multiple values".
"""

import re
from collections.abc import Mapping
from typing import Any

from policies.aws.service_authorization import glob
from policies.statements import listed

__all__ = ["Context", "holds", "with_wildcards"]

_VARIABLE = re.compile(r"\$+\{[^}]*\}")

Context = Mapping[str, str | None]
"""Condition keys in lower case with their values; None for a key that the request does not have. Others are unknown."""


def holds(conditions: Mapping[str, Mapping[str, Any]], context: Context) -> bool | None:
    """Return whether all conditions hold; None if that depends on unknown keys."""
    results = [
        _test(operator, listed(_texts(wanted)), key.lower(), context)
        for operator, tests in conditions.items()
        for key, wanted in tests.items()
    ]
    if False in results:
        return False
    return None if None in results else True


def with_wildcards(pattern: str) -> str:
    """Return a pattern in which a wildcard replaces each variable, such as `${aws:userid}`."""
    return _VARIABLE.sub("*", pattern)


def _texts(wanted: Any) -> Any:
    return str(wanted).lower() if isinstance(wanted, bool) else wanted


def _test(operator: str, wanted: list[str], key: str, context: Context) -> bool | None:
    # Without ForAnyValue and ForAllValues: at most one value is known.
    operator = operator.rpartition(":")[2]
    if key not in context:
        return None
    found = context[key]
    if operator == "Null":
        return (found is None) == ("true" in wanted)
    negated = "Not" in operator
    if found is None:
        return negated or operator.endswith("IfExists")
    if not operator.startswith(("String", "Arn", "Bool")):
        return None
    patterns = operator.startswith("Arn") or "Like" in operator
    same = any(
        glob(with_wildcards(one), ignore_case="IgnoreCase" in operator)(found)
        if patterns
        else _equal(one, found)
        for one in wanted
    )
    return same != negated


def _equal(wanted: str, found: str) -> bool:
    return glob(with_wildcards(wanted))(found) if "${" in wanted else wanted == found
