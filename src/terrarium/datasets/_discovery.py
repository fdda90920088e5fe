"""Discovery of datasets from Glue's list of tables, in pages of a hundred, without opening a table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict

from terrarium.aws import translate_errors
from terrarium.datasets._description import CONSTRAINTS, DESCRIPTION, OWNER, TAGS, Description
from terrarium.datasets.constraints import Constraint
from terrarium.warehouse.errors import DatasetNameError

if TYPE_CHECKING:
    from terrarium.aws import Session
    from terrarium.warehouse import Warehouse

__all__ = ["Column", "DatasetSummary", "list_datasets"]


class Column(BaseModel):
    """A column as the catalog lists it, with Glue's name of its type, as in Athena."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str
    description: str = ""


class DatasetSummary(BaseModel):
    """A dataset as of when it was listed.

    Attributes:
        name: Name of the dataset, such as `telco.customers`.
        owner: The team or person that is responsible.
        description: What the rows are.
        tags: Tags to search by.
        columns: Columns of the current schema.
        constraints: Constraints of the dataset.
        changed: Time of the last write or change of the description, in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    owner: str | None
    description: str
    tags: tuple[str, ...]
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...] = ()
    changed: datetime | None = None

    @classmethod
    def of(cls, name: str, table: dict[str, Any]) -> Self:
        """Return the summary of a dataset from Glue's description of its table."""
        parameters = {
            key: value
            for key, value in table.get("Parameters", {}).items()
            if key in (OWNER, DESCRIPTION, TAGS, CONSTRAINTS)
        }
        described = Description.of_properties(parameters, {})
        columns = table.get("StorageDescriptor", {}).get("Columns", [])
        changed = table.get("UpdateTime") or table.get("CreateTime")
        return cls(
            name=name,
            owner=described.owner,
            description=described.description,
            tags=described.tags,
            constraints=described.constraints,
            columns=tuple(
                Column(
                    name=column["Name"], type=column.get("Type", ""), description=column.get("Comment", "")
                )
                for column in columns
                # Glue also lists the columns of earlier schemas.
                if column.get("Parameters", {}).get("iceberg.field.current", "true") == "true"
            ),
            changed=changed.astimezone(UTC) if changed else None,
        )

    def matches(
        self, *, text: str | None, name: str | None, column: str | None, tag: str | None, owner: str | None
    ) -> bool:
        """Return whether all conditions that are not None hold; case is ignored."""
        searched = [self.name, self.description, *self.tags]
        searched += [word for column in self.columns for word in (column.name, column.description)]
        return (
            (text is None or all(any(_in(word, place) for place in searched) for word in text.split()))
            and (name is None or _in(name, self.name))
            and (column is None or any(_in(column, known.name) for known in self.columns))
            and (tag is None or tag.lower() in {known.lower() for known in self.tags})
            and (owner is None or owner.lower() == (self.owner or "").lower())
        )


def list_datasets(session: "Session", warehouse: "Warehouse") -> "Iterator[DatasetSummary]":
    """Yield all datasets of the environment, by name."""
    pages = session.client("glue").get_paginator("get_tables")
    found = []
    with translate_errors("list datasets"):
        for page in pages.paginate(DatabaseName=warehouse.database):
            for table in page["TableList"]:
                if table.get("Parameters", {}).get("table_type", "").upper() != "ICEBERG":
                    continue
                try:
                    name = warehouse.dataset_name(table["Name"])
                except DatasetNameError:
                    continue  # not a table of a dataset
                found.append(DatasetSummary.of(name, table))
    yield from sorted(found, key=lambda dataset: dataset.name)


def _in(part: str, whole: str) -> bool:
    return part.lower() in whole.lower()
