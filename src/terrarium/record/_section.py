"""Base class of the sections of a record."""

from pydantic import ConfigDict

from terrarium.public_model import PublicModel

__all__ = ["Section"]


class Section(PublicModel):
    """A frozen section of a record. Unknown fields are errors."""

    # Without "strings", NaN and infinities are written as null, which cannot be read as a number.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
