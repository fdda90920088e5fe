"""One dataset, at one of its versions."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.arguments import Count, checked_methods
from terrarium.datasets.description import Description
from terrarium.datasets.errors import DatasetConflictError
from terrarium.datasets.rows import Rows
from terrarium.datasets.tables import change_table
from terrarium.datasets.versions import Version, find_snapshot, version_tags, versions_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.table import Table

    from terrarium.datasets.constraints import Constraint, References, ValidationReport
    from terrarium.datasets.lineage import Lineage
    from terrarium.datasets.statistics import ColumnStatistics
    from terrarium.lab import Lab

__all__ = ["Dataset", "reference_target"]


@checked_methods
class Dataset:
    """A dataset at a version, which stays what it is whatever is written afterwards; made by `lab.datasets.get`.

    Args:
        lab: Where it is.
        name: The dataset's.
        table: Iceberg's.
        snapshot: The version's; None for a table that has none yet.
    """

    def __init__(self, lab: "Lab", name: str, table: "Table", snapshot: int | None) -> None:
        self._lab = lab
        self._name = name
        self._table = table
        self._snapshot = snapshot

    @property
    def name(self) -> str:
        """E.g. `telco.customers`."""
        return self._name

    @property
    def snapshot_id(self) -> int | None:
        """Which pins the version; None for a table that has none yet."""
        return self._snapshot

    @property
    def location(self) -> str:
        """The `s3://` address of its files."""
        return self._table.location()

    @property
    def table(self) -> "Table":
        """Iceberg's table, for all that is not here."""
        return self._table

    @property
    def schema(self) -> "pa.Schema":
        """Of this version."""
        return Rows(self._table, self._snapshot).schema

    @property
    def description(self) -> Description:
        """What was said about it when it was looked up: owner, description, tags, columns, constraints."""
        columns = {field.name: field.doc for field in self._table.schema().fields if field.doc}
        return Description.of_properties(self._table.properties, columns)

    @property
    def constraints(self) -> "tuple[Constraint, ...]":
        """What it promises."""
        return self.description.constraints

    @property
    def version(self) -> Version | None:
        """This version; None for a table that has none yet."""
        snapshot = None if self._snapshot is None else self._table.snapshot_by_id(self._snapshot)
        if snapshot is None:
            return None
        tags = version_tags(self._table)
        return Version.of(snapshot, tuple(sorted(tag for tag, id_ in tags.items() if id_ == self._snapshot)))

    def versions(self) -> tuple[Version, ...]:
        """All versions, the latest first, as they were when the dataset was looked up."""
        return versions_of(self._table)

    def at(
        self, *, snapshot: int | None = None, tag: str | None = None, time: datetime | None = None
    ) -> "Dataset":
        """Another version, named by one of the three.

        Args:
            snapshot: Its id.
            tag: That names it.
            time: The version that was current then; aware.

        Raises:
            VersionNotFoundError: There is no such version.
        """
        found = find_snapshot(self._table, name=self._name, snapshot=snapshot, tag=tag, time=time)
        return Dataset(self._lab, self._name, self._table, found)

    def tag(self, tag: str, *, move: bool = False) -> "Dataset":
        """Name this version.

        Args:
            tag: The name, e.g. `2026-q1`.
            move: Whether it may be taken from another version.

        Raises:
            DatasetConflictError: It names another version.
        """
        snapshot = self._snapshot
        if snapshot is None:
            raise DatasetConflictError(
                f"dataset {self._name!r} has no version to tag", remedy="write to it first"
            )

        def change(table: "Table") -> None:
            known = version_tags(table).get(tag)
            if known not in (None, snapshot) and not move:
                raise DatasetConflictError(
                    f"tag {tag!r} of dataset {self._name!r} names snapshot {known}",
                    remedy="choose another, or say move=True",
                )
            if known != snapshot:
                table.manage_snapshots().create_tag(snapshot, tag).commit()

        return Dataset(self._lab, self._name, change_table(self._lab.warehouse, self._name, change), snapshot)

    def read(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: "str | BooleanExpression | None" = None,
    ) -> Rows:
        """Rows of this version; none is read before `to_arrow()`, `to_pandas()`, `to_polars()` or the like.

        Args:
            columns: Which, in this order; omitted, all.
            where: Which rows, e.g. `age >= 18 and country = 'DE'`; files that hold none are not read.

        Raises:
            SelectionError: There is no such column.
        """
        return Rows(self._table, self._snapshot, columns=columns, where=where)

    def statistics(self, columns: Sequence[str] | None = None) -> "tuple[ColumnStatistics, ...]":
        """What the values of each column are like: nulls, distinct values, range, quantiles, the most frequent.

        Args:
            columns: Which; omitted, all.
        """
        from terrarium.datasets.statistics import column_statistics

        return column_statistics(self.read(columns))

    def validate(self, constraints: "Sequence[Constraint] | None" = None) -> "ValidationReport":
        """Check all rows of this version.

        Args:
            constraints: By which; omitted, those that the dataset promises.

        Raises:
            DataRefusedError: A constraint is on a column that there is not.
        """
        from terrarium.datasets.constraints.checking import Checking, check_declarable
        from terrarium.datasets.constraints.whole_checks import Existing

        chosen = self.constraints if constraints is None else tuple(constraints)
        check_declarable(chosen, self.schema, dataset=self._name)
        checking = Checking(
            self._name, chosen, target=lambda reference: reference_target(self._lab, reference)
        )
        for portion in self.read().to_tables():
            checking.see(portion)
        return checking.report(Existing.none())

    def lineage(self, *, limit: Count = 100) -> "Lineage":
        """Which runs wrote its versions, and which read them.

        Args:
            limit: How many runs that read, at most; the latest.
        """
        from terrarium.datasets.lineage import read_lineage

        return read_lineage(self._lab, self._name, self.versions(), limit=limit)

    def __repr__(self) -> str:
        version = self.version
        rows = f", {version.rows:,} rows" if version and version.rows is not None else ""
        return f"<Dataset {self._name}: snapshot {self._snapshot}{rows}>"


def reference_target(lab: "Lab", reference: "References") -> "Iterator[pa.Table]":
    """The columns that a constraint refers to, at its snapshot.

    Raises:
        DatasetNotFoundError: There is no such dataset.
        VersionNotFoundError: It has no such snapshot.
        SelectionError: It has no such column.
    """
    dataset = lab.datasets.get(reference.dataset)
    if reference.snapshot is not None:
        dataset = dataset.at(snapshot=reference.snapshot)
    return dataset.read(reference.target).to_tables()
