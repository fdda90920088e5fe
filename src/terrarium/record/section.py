"""What the parts of a record have in common."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Section"]


class Section(BaseModel):
    """A frozen part of a record; what it does not know it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid")
