"""Description of a dataset, stored in the properties of its table: all engines and Glue's console show it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

from pydantic import Field, StringConstraints, field_validator

from terrarium.datasets.constraints import Constraint
from terrarium.datasets.constraints.constraint_types import constraints_of_text, text_of_constraints
from terrarium.datasets.errors import DataRefusedError
from terrarium.public_model import PublicModel

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CONSTRAINTS", "DESCRIPTION", "OWNER", "TAGS", "Description", "check_columns", "documented_schema"]

# Properties of the table. The first two are customary for Iceberg, and other engines show them.
DESCRIPTION: Final = "comment"
OWNER: Final = "owner"
TAGS: Final = "terrarium.tags"
CONSTRAINTS: Final = "terrarium.constraints"

_Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Description(PublicModel):
    """Description of a dataset.

    Attributes:
        owner: The team or person that is responsible.
        description: What the rows are.
        tags: Tags to search by, such as `pii`, in alphabetical order.
        columns: Column -> meaning; stored as the documentation of columns in the schema.
        constraints: Constraints that every write is checked against.
    """

    refused_as: ClassVar = DataRefusedError

    owner: str | None = None
    description: str = ""
    tags: tuple[_Tag, ...] = ()
    columns: Annotated[dict[str, str], Field(default_factory=dict)]
    constraints: tuple[Constraint, ...] = ()

    @field_validator("tags", mode="after")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(value)))

    @classmethod
    def of_properties(cls, properties: Mapping[str, str], columns: Mapping[str, str]) -> Self:
        """Return the description that a table's properties and its columns' documentation hold."""
        return cls(
            owner=properties.get(OWNER) or None,
            description=properties.get(DESCRIPTION, ""),
            tags=tuple(json.loads(properties.get(TAGS, "[]"))),
            columns=dict(columns),
            constraints=constraints_of_text(properties.get(CONSTRAINTS, "[]")),
        )

    def properties(self) -> dict[str, str]:
        """Return all table properties, also empty ones: Glue keeps the last value of a property that is removed."""
        return {
            OWNER: self.owner or "",
            DESCRIPTION: self.description,
            TAGS: json.dumps(self.tags),
            CONSTRAINTS: text_of_constraints(self.constraints),
        }


def documented_schema(schema: "pa.Schema", columns: Mapping[str, str], *, dataset: str) -> "pa.Schema":
    """Return the schema with the meanings of columns as documentation, as PyIceberg reads it.

    Raises:
        DataRefusedError: A described column does not exist.
    """
    import pyarrow as pa

    check_columns(columns, schema.names, dataset=dataset)
    return pa.schema(
        [
            field.with_metadata({"doc": columns[field.name]}) if columns.get(field.name) else field
            for field in schema
        ]
    )


def check_columns(columns: Mapping[str, str], known: list[str], *, dataset: str) -> None:
    """Refuse descriptions of columns that do not exist.

    Raises:
        DataRefusedError: At least one column does not exist; the error names all of them.
    """
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise DataRefusedError(
            f"dataset {dataset!r} has no column {', '.join(map(repr, unknown))} to describe",
            remedy=f"its columns: {', '.join(known)}",
        )
