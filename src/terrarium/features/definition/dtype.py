"""The types of features, by Iceberg's names, and the same in Arrow."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DType", "KeyDType", "arrow_type", "element_type", "is_number"]

_PRIMITIVE = "boolean|int|long|float|double|string|timestamptz"

# E.g. `double`, or `list<string>`.
DType = Annotated[str, Field(pattern=rf"^({_PRIMITIVE}|list<({_PRIMITIVE})>)$")]

# Keys are compared for equality, which floating point is no good for.
KeyDType = Literal["int", "long", "string"]

_NUMBERS = ("int", "long", "float", "double")


def element_type(dtype: str) -> str | None:
    """The type of a list's elements; None if it is no list."""
    return dtype[len("list<") : -1] if dtype.startswith("list<") else None


def is_number(dtype: str) -> bool:
    """Whether values have a distribution over numbers."""
    return dtype in _NUMBERS


def arrow_type(dtype: str) -> "pa.DataType":
    """The same type in Arrow; times are in UTC, to the microsecond."""
    import pyarrow as pa

    element = element_type(dtype)
    if element is not None:
        return pa.list_(arrow_type(element))
    return {
        "boolean": pa.bool_(),
        "int": pa.int32(),
        "long": pa.int64(),
        "float": pa.float32(),
        "double": pa.float64(),
        "string": pa.string(),
        "timestamptz": pa.timestamp("us", tz="UTC"),
    }[dtype]
