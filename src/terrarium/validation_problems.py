"""Problems that pydantic found, as text for errors."""

from typing import TYPE_CHECKING

from terrarium.plain_text import shown

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = ["problems_of"]

_MOST = 10


def problems_of(error: "ValidationError") -> str:
    """Return the first ten problems, each with its field, the given value and the expected one."""
    problems = []
    found = error.errors(include_url=False)
    for one in found[:_MOST]:
        field = ".".join(map(str, one["loc"]))
        message = one["msg"].removeprefix("Value error, ")
        given = "" if one["type"] in ("missing", "value_error") else f", not {shown(one['input'])}"
        problems.append(f"{field}: {message}{given}" if field else message)
    if len(found) > _MOST:
        problems.append(f"and {len(found) - _MOST} more problems")
    return "; ".join(problems)
