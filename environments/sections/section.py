"""The base class and the field types of sections."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["LogRetentionDays", "Name", "Section", "Tag", "refused_letters"]

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs can keep the events of a log group: its API accepts only these."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
"""Up to 16 lower-case letters, digits and dashes, a letter first: it becomes a part of physical names."""


def refused_letters(text: str) -> list[str]:
    """Return the characters of a tag's key or value that not all services accept."""
    return sorted({letter for letter in text if not (letter.isalnum() or letter in " _.:/=+-@")})


def _tag(value: str) -> str:
    if value != value.strip():
        raise ValueError("must not begin or end with white space")
    if wrong := refused_letters(value):
        raise ValueError(
            f"letters, digits, spaces and _ . : / = + - @ (tags of all AWS services), "
            f"without {' '.join(map(repr, wrong))}"
        )
    return value


# IAM's TagRole and TagPolicy accept only these characters (API model of IAM, tagValueType); so do S3 and ECS.
Tag = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_tag)]
"""The value of a tag that every resource carries."""


class Section(BaseModel):
    """A section of an environment's file. Immutable; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
