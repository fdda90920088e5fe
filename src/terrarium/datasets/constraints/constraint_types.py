"""The types of constraints. A null violates `NotNull` only, as in SQL."""

from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from terrarium.datasets.errors import ConstraintInvalidError
from terrarium.errors import Error
from terrarium.public_model import PublicModel

__all__ = [
    "AllowedValues",
    "Constraint",
    "Fresh",
    "Matches",
    "NotNull",
    "Range",
    "References",
    "RowCount",
    "Unique",
    "constraints_of_text",
    "text_of_constraints",
]

Columns = Annotated[tuple[str, ...], Field(min_length=1)]
_Bound = bool | int | float | str


class _Declared(PublicModel):
    refused_as: ClassVar[type[Error]] = ConstraintInvalidError


class NotNull(_Declared):
    """Requires a value of `column` in every row.

    Example:
        >>> NotNull(column="churned")
    """

    kind: Literal["not null"] = "not null"
    column: str

    def __str__(self) -> str:
        return f"{self.column} is not null"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return (self.column,)


class Unique(_Declared):
    """Requires that no two rows of the dataset have the same values in `columns`. Rows with a null there do not count.

    Example:
        >>> Unique(columns="customer_id")
    """

    kind: Literal["unique"] = "unique"
    columns: Columns

    @field_validator("columns", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    def __str__(self) -> str:
        return f"{', '.join(self.columns)} is unique"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return self.columns


class Range(_Declared):
    """Requires values of `column` between `minimum` and `maximum`, both included. NaN violates it.

    Dates and times are stored as ISO text, and compared in the column's type.

    Example:
        >>> Range(column="age", minimum=0, maximum=130)
    """

    kind: Literal["range"] = "range"
    column: str
    minimum: _Bound | None = None
    maximum: _Bound | None = None

    @field_validator("minimum", "maximum", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value  # datetime is a subclass of date

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("a range needs a minimum or a maximum")
        return self

    def __str__(self) -> str:
        if self.minimum is None:
            return f"{self.column} is at most {self.maximum}"
        if self.maximum is None:
            return f"{self.column} is at least {self.minimum}"
        return f"{self.column} is between {self.minimum} and {self.maximum}"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return (self.column,)


class AllowedValues(_Declared):
    """Requires values of `column` that are in `values`.

    Example:
        >>> AllowedValues(column="plan", values=("basic", "plus"))
    """

    kind: Literal["allowed values"] = "allowed values"
    column: str
    values: Annotated[tuple[bool | int | float | str, ...], Field(min_length=1)]

    def __str__(self) -> str:
        return f"{self.column} is one of {', '.join(map(repr, self.values))}"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return (self.column,)


class Matches(_Declared):
    """Requires text in `column` that matches `pattern` from start to end, a regular expression of RE2.

    Example:
        >>> Matches(column="country", pattern="[A-Z]{2}")
    """

    kind: Literal["matches"] = "matches"
    column: str
    pattern: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        import pyarrow as pa
        import pyarrow.compute as pc

        try:
            pc.match_substring_regex(pa.array([""]), value)
        except pa.ArrowInvalid as error:
            raise ValueError(
                f"{value!r} is not a regular expression of RE2, which has no lookaheads and no backreferences: {error}"
            ) from error
        return value

    def __str__(self) -> str:
        return f"{self.column} matches {self.pattern}"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return (self.column,)


class RowCount(_Declared):
    """Requires at least `minimum` and at most `maximum` rows in the dataset.

    Example:
        >>> RowCount(minimum=1000)
    """

    kind: Literal["row count"] = "row count"
    minimum: Annotated[int, Field(ge=0)] = 0
    maximum: int | None = None

    def __str__(self) -> str:
        upper = "" if self.maximum is None else f", at most {self.maximum}"
        return f"at least {self.minimum}{upper} rows"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return ()


class References(_Declared):
    """Requires that every combination of values in `columns` exists in another dataset, at one snapshot of it.

    Attributes:
        columns: Columns of this dataset. Rows with a null there do not count.
        dataset: The other dataset.
        to_columns: Its columns, in the same order. Default: columns of the same names.
        snapshot: Its snapshot. Default: the current one when rows are checked.

    Example:
        >>> References(columns="plan", dataset="telco.plans", to_columns="code")
    """

    kind: Literal["references"] = "references"
    columns: Columns
    dataset: str
    to_columns: tuple[str, ...] = ()
    snapshot: int | None = None

    @field_validator("columns", "to_columns", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _paired(self) -> Self:
        if self.to_columns and len(self.to_columns) != len(self.columns):
            raise ValueError("columns and to_columns must have the same number of columns")
        return self

    def __str__(self) -> str:
        version = "" if self.snapshot is None else f" at snapshot {self.snapshot}"
        return f"{', '.join(self.columns)} is in {', '.join(self.target)} of {self.dataset}{version}"

    @property
    def target(self) -> tuple[str, ...]:
        """Columns of the other dataset."""
        return self.to_columns or self.columns

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return self.columns


class Fresh(_Declared):
    """Requires a time in `column` at most `within` before the write. Times without a zone are read as UTC.

    Example:
        >>> Fresh(column="day", within=timedelta(days=2))
    """

    kind: Literal["fresh"] = "fresh"
    column: str
    within: timedelta

    def __str__(self) -> str:
        return f"{self.column} is at most {self.within} old"

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that the constraint reads."""
        return (self.column,)


Constraint = Annotated[
    NotNull | Unique | Range | AllowedValues | Matches | RowCount | References | Fresh,
    Field(discriminator="kind"),
]

_KEPT: TypeAdapter[tuple[Constraint, ...]] = TypeAdapter(tuple[Constraint, ...])


def text_of_constraints(constraints: tuple[Constraint, ...]) -> str:
    """Return constraints as JSON, as they are stored with the dataset."""
    return _KEPT.dump_json(constraints).decode()


def constraints_of_text(text: str) -> tuple[Constraint, ...]:
    """Return the constraints that `text_of_constraints` wrote."""
    return _KEPT.validate_json(text)
