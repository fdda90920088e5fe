"""Reports of checks, and the line of text that transports a report through the log of a job."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

__all__ = ["Outcome", "Remainder", "Report", "format_line", "parse_line"]

_MARK: Final = "terrarium-verification: "


class Outcome(BaseModel):
    """The result of one check.

    Attributes:
        check: The name of the check, such as `artifacts`.
        role: The role whose credentials made the calls: `scientist`, `job` or `operator`.
        status: `skipped` where the check does not apply, or where a check that it needs has failed.
        seconds: Wall-clock duration.
        detail: What was observed; for a failed or skipped check, why.
        cause: The likely cause of a failure.
        remedy: What to do about a failure.
        usage: Billed quantities by their key in operations/cost/prices.toml, such as `athena_tib_scanned`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["outcome"] = "outcome"
    check: str
    role: str
    status: Literal["passed", "failed", "skipped"]
    seconds: float = 0.0
    detail: str = ""
    cause: str = ""
    remedy: str = ""
    usage: Mapping[str, float] = Field(default_factory=dict)


class Remainder(BaseModel):
    """Objects that the checks wrote; the operator deletes all their versions afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["remainder"] = "remainder"
    bucket: str
    prefix: Annotated[str, Field(min_length=1)]


Report = Annotated[Outcome | Remainder, Field(discriminator="kind")]
_REPORT: TypeAdapter[Outcome | Remainder] = TypeAdapter(Report)


def format_line(report: Outcome | Remainder) -> str:
    """Return the line that carries a report; `parse_line` reads it."""
    return _MARK + report.model_dump_json()


def parse_line(line: str) -> Outcome | Remainder | None:
    """Return the report in a line of output, or None for a line that carries none."""
    _, mark, text = line.partition(_MARK)
    return _REPORT.validate_json(text) if mark else None
