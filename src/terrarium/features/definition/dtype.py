"""Types of features, by Iceberg's names, and the corresponding types of Arrow."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["DType", "KeyDType", "arrow_type", "element_type", "is_number"]

_PRIMITIVE = "boolean|int|long|float|double|string|timestamptz"

# E.g. `double`, or `list<string>`.
DType = Annotated[str, Field(pattern=rf"^({_PRIMITIVE}|list<({_PRIMITIVE})>)$")]

# Keys are compared for equality, which is unreliable for floating-point numbers.
KeyDType = Literal["int", "long", "string"]

_NUMBERS = ("int", "long", "float", "double")


def element_type(dtype: str) -> str | None:
    """Return the type of a list's elements; None for other types."""
    return dtype[len("list<") : -1] if dtype.startswith("list<") else None


def is_number(dtype: str) -> bool:
    """Return whether values of the type are numbers, which have a distribution."""
    return dtype in _NUMBERS


def arrow_type(dtype: str) -> "pa.DataType":
    """Return the corresponding Arrow type; times are in UTC, to the microsecond."""
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
