"""`Feature`: one column of a feature view, and what must hold of its values."""

from typing import Self

from pydantic import model_validator

from terrarium.features.definition.dtype import DType, is_number
from terrarium.features.definition.model import Definition, Name

__all__ = ["Feature"]


class Feature(Definition):
    """One column of a feature view; writes that break what it promises are refused.

    Attributes:
        name: The column's.
        dtype: E.g. `double` or `list<string>`.
        description: What it says, and in which unit.
        required: Whether every row has a value; NaN is one.
        minimum: The least value, NaN aside; of numbers only.
        maximum: The greatest.
        one_of: The only values there are; of strings only. Empty: any.
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
