"""The base class of models that users make: what cannot be is refused as an error of Terrarium."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from terrarium.errors import ArgumentError, Error
from terrarium.plain_text import MOST_BITS
from terrarium.validation_problems import problems_of

__all__ = ["PublicModel"]


class PublicModel(BaseModel):
    """A frozen model that refuses fields that it does not know.

    Raises:
        ArgumentError: A field is missing, unknown, or not allowed. Subclasses name an error of their own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    refused_as: ClassVar[type[Error]] = ArgumentError
    """The error that the constructor raises."""

    def __init__(self, **data: Any) -> None:
        kind = type(self)
        for name, value in data.items():
            if isinstance(value, int) and value.bit_length() > MOST_BITS:
                raise kind.refused_as(
                    f"{kind.__name__}: {name} has more than 4,300 digits, which Python does not write",
                    remedy="give a smaller number",
                )
        try:
            super().__init__(**data)
        except ValidationError as error:
            named = data.get("name")
            which = f" {named!r}" if isinstance(named, str) else ""
            raise kind.refused_as(
                f"{kind.__name__}{which} is not well defined: {problems_of(error)}",
                remedy=f"fields of {kind.__name__}: {', '.join(kind.model_fields)}; help(...) of it explains them",
            ) from error

    # Validation of what is nested or stored keeps pydantic's own way, and its error.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined] # as pydantic marks its own
