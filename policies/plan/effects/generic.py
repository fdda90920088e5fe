"""Rules for attributes of any type: something is switched off, a limit is lowered, a list loses members."""

import re
from typing import Any

from policies.plan.effects.effect import Effect, lost, lower

__all__ = ["generic_effect"]

_SWITCH = re.compile(r"(^|[._])(enabled?|state|status|logging)([._]|$)")
_OFF = {"DISABLED", "INACTIVE", "OFF", "SUSPENDED"}
_LIMIT = re.compile(r"(^|[._])(max|min|maximum|minimum|desired|reserved)_|_(capacity|count|limit)$")


def generic_effect(path: str, before: Any, after: Any) -> Effect | None:
    """Return the effect of an updated attribute that its type has no rule for."""
    if _SWITCH.search(path) and _on(before) and not _on(after):
        return Effect("interruption", "something is switched off")
    if _LIMIT.search(path) and not isinstance(before, bool):
        return lower("a limit is lowered")(before, after)
    return lost("a list loses members")(before, after)


def _on(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value != "" and value.upper() not in _OFF)
