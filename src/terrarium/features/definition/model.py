"""What all definitions have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Definition", "Name"]

# As Glue, SQL and Python all take it; two underscores join a view's name and a feature's.
Name = Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", max_length=120)]


class Definition(BaseModel):
    """Frozen; what it does not know it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid")
