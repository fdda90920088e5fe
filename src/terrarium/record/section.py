"""The base class of every part of a record."""

from pydantic import ConfigDict

from terrarium.public_model import PublicModel

__all__ = ["Section"]


class Section(PublicModel):
    """A frozen part of a record; it refuses fields that it does not know."""

    # Without "strings", NaN and the infinities are written as null, and null is not a number when it is read.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
