"""What all sections share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["AccountId", "LogRetentionDays", "Name", "Section"]

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs can keep a log group's events (its API accepts only these)."""

AccountId = Annotated[str, Field(pattern=r"^\d{12}$", description="an AWS account id: 12 digits, quoted")]

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
"""Up to 16 lower-case letters, digits and dashes, a letter first: it becomes part of physical names."""


class Section(BaseModel):
    """A section: immutable, and without room for a misspelt field."""

    model_config = ConfigDict(frozen=True, extra="forbid")
