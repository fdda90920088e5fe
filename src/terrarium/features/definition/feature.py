"""`Feature`: one column of a feature view, with the constraints on its values."""

from typing import Self

from pydantic import model_validator

from terrarium.features.definition.dtype import DType, is_number
from terrarium.features.definition.model import Definition, Name

__all__ = ["Feature"]


class Feature(Definition):
    """One column of a feature view. A write that violates its constraints is refused.

    Attributes:
        name: Name of the column.
        dtype: Type, such as `double` or `list<string>`.
        description: Meaning and unit.
        required: Whether every row must have a value. NaN is a value.
        minimum: The least value allowed, for numbers; NaN is allowed.
        maximum: The greatest value allowed, for numbers; NaN is allowed.
        one_of: The only values allowed, for strings. Empty allows any.
    """

    name: Name
    dtype: DType
    description: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    one_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _constraints_suit_the_type(self) -> Self:
        if (self.minimum is not None or self.maximum is not None) and not is_number(self.dtype):
            raise ValueError(
                f"feature {self.name!r}: only numbers have a minimum or maximum, not {self.dtype}"
            )
        if self.one_of and self.dtype != "string":
            raise ValueError(f"feature {self.name!r}: one_of is for strings, not {self.dtype}")
        return self
