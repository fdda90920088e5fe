"""What one check found wrong with one resource."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Finding", "Tool"]

Tool = Literal["terrarium", "aws", "checkov", "cloudsplaining"]


class Finding(BaseModel):
    """A check that does not hold, in words that lead to the construct."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    tool: Tool
    check: str
    """The check's id, as a waiver names it."""
    resource: str
    """The resource's logical id in the stack."""
    path: str
    """Its construct path below the stack, such as `artifacts/bucket`; empty for the stack itself."""
    problem: str
    remedy: str

    @property
    def module(self) -> str:
        """The capability it belongs to: the first construct of its path."""
        return self.path.partition("/")[0] or "stack"
