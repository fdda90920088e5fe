"""Problems that pydantic found, as text for errors."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = ["problems_of"]


def problems_of(error: "ValidationError") -> str:
    """Return each problem with its field, the value that was given, and what is allowed."""
    problems = []
    for one in error.errors(include_url=False):
        field = ".".join(map(str, one["loc"]))
        message = one["msg"].removeprefix("Value error, ")
        given = "" if one["type"] in ("missing", "value_error") else f", not {one['input']!r:.80}"
        problems.append(f"{field}: {message}{given}" if field else message)
    return "; ".join(problems)
