"""Finding of a check about one resource."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Finding", "Tool"]

Tool = Literal["terrarium", "aws", "checkov", "cloudsplaining"]


class Finding(BaseModel):
    """A failed check, with the construct path of the resource, the problem and a remedy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    tool: Tool
    check: str
    """The id of the check, which waivers use."""
    resource: str
    """The resource's logical id in the stack."""
    path: str
    """The construct path below the stack, such as `artifacts/bucket`; empty for the stack itself."""
    problem: str
    remedy: str

    @property
    def module(self) -> str:
        """The module that the resource belongs to: the first construct of its path."""
        return self.path.partition("/")[0] or "stack"
