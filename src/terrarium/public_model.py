"""Base class of pydantic models that users create. Invalid values raise errors of Terrarium."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from terrarium.errors import ArgumentError, Error
from terrarium.plain_text import MOST_BITS
from terrarium.validation_problems import problems_of

__all__ = ["PublicModel"]


class PublicModel(BaseModel):
    """A frozen model without unknown fields.

    Raises:
        ArgumentError: A field is missing, unknown or invalid. Subclasses can set another error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    refused_as: ClassVar[type[Error]] = ArgumentError
    """The error that the constructor raises."""

    def __init__(self, **data: Any) -> None:
        kind = type(self)
        for name, value in data.items():
            if isinstance(value, int) and value.bit_length() > MOST_BITS:
                raise kind.refused_as(
                    f"{kind.__name__}: {name} has more than 4,300 digits, which Python cannot convert to text",
                    remedy="pass a smaller number",
                )
        try:
            super().__init__(**data)
        except ValidationError as error:
            named = data.get("name")
            which = f" {named!r}" if isinstance(named, str) else ""
            raise kind.refused_as(
                f"{kind.__name__}{which} is not well defined: {problems_of(error)}",
                remedy=f"fields of {kind.__name__}: {', '.join(kind.model_fields)}; see help({kind.__name__})",
            ) from error

    # For nested and stored models, pydantic validates without `__init__` and raises its own error.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined] # the mark of pydantic's own `__init__`
