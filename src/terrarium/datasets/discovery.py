"""Datasets by what is said about them: as Glue lists their tables, a hundred at a time, without opening one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from pydantic import BaseModel, ConfigDict

from terrarium.aws import translate_errors
from terrarium.datasets.constraints import Constraint
from terrarium.datasets.description import CONSTRAINTS, DESCRIPTION, OWNER, TAGS, Description
from terrarium.warehouse.errors import DatasetNameError

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["Column", "DatasetSummary", "list_datasets"]


class Column(BaseModel):
    """A column as the catalog lists it; its type is Glue's, as Athena has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: str
    description: str = ""


class DatasetSummary(BaseModel):
    """A dataset as it was when it was listed.

    Attributes:
        name: E.g. `telco.customers`.
        owner: Who answers for it.
        description: What its rows are.
        tags: What to find it by.
        columns: Of its current schema.
        constraints: What it promises.
        changed: When it was last written to or described; aware, UTC.
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
        """What Glue knows of the table behind a dataset."""
        parameters = {
            key: value
            for key, value in table.get("Parameters", {}).items()
            if key in (OWNER, DESCRIPTION, TAGS, CONSTRAINTS)
        }
        said = Description.of_properties(parameters, {})
        columns = table.get("StorageDescriptor", {}).get("Columns", [])
        changed = table.get("UpdateTime") or table.get("CreateTime")
        return cls(
            name=name,
            owner=said.owner,
            description=said.description,
            tags=said.tags,
            constraints=said.constraints,
            columns=tuple(
                Column(
                    name=column["Name"], type=column.get("Type", ""), description=column.get("Comment", "")
                )
                for column in columns
                # Glue lists the columns of earlier schemas, too.
                if column.get("Parameters", {}).get("iceberg.field.current", "true") == "true"
            ),
            changed=changed.astimezone(UTC) if changed else None,
        )

    def matches(
        self, *, text: str | None, name: str | None, column: str | None, tag: str | None, owner: str | None
    ) -> bool:
        """Whether all that is asked for applies; case does not count."""
        said = [self.name, self.description, *self.tags]
        said += [word for column in self.columns for word in (column.name, column.description)]
        return (
            (text is None or all(any(_in(word, place) for place in said) for word in text.split()))
            and (name is None or _in(name, self.name))
            and (column is None or any(_in(column, known.name) for known in self.columns))
            and (tag is None or tag.lower() in {known.lower() for known in self.tags})
            and (owner is None or owner.lower() == (self.owner or "").lower())
        )


def list_datasets(lab: "Lab") -> "Iterator[DatasetSummary]":
    """All datasets of the environment, by name."""
    pages = lab.session.client("glue").get_paginator("get_tables")
    found = []
    with translate_errors("list datasets"):
        for page in pages.paginate(DatabaseName=lab.warehouse.database):
            for table in page["TableList"]:
                if table.get("Parameters", {}).get("table_type", "").upper() != "ICEBERG":
                    continue
                try:
                    name = lab.warehouse.dataset_name(table["Name"])
                except DatasetNameError:
                    continue  # somebody's own table
                found.append(DatasetSummary.of(name, table))
    yield from sorted(found, key=lambda dataset: dataset.name)


def _in(part: str, whole: str) -> bool:
    return part.lower() in whole.lower()
