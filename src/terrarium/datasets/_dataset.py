"""`Dataset`: one dataset at one of its versions."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from terrarium.arguments import Count, checked_methods
from terrarium.datasets._description import Description
from terrarium.datasets._tables import change_table
from terrarium.datasets.errors import DatasetConflictError
from terrarium.datasets.rows import Rows
from terrarium.datasets.versions import Version, find_snapshot, version_tags, versions_of

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.table import Table

    from terrarium.connection import Connection
    from terrarium.datasets._statistics import ColumnStatistics
    from terrarium.datasets.constraints import Constraint, References, ValidationReport
    from terrarium.datasets.lineage import Lineage
    from terrarium.warehouse import Warehouse

__all__ = ["Dataset", "reference_target"]


@checked_methods
class Dataset:
    """A dataset at one version, which later writes do not change; returned by `lab.datasets.get`.

    Args:
        name: Name of the dataset.
        table: The Iceberg table.
        snapshot: Id of the version's snapshot; None for a table without versions.
    """

    def __init__(
        self,
        name: str,
        table: "Table",
        snapshot: int | None,
        *,
        connection: "Connection",
        warehouse: "Warehouse",
        get: "Callable[[str], Dataset]",
    ) -> None:
        self._connection = connection
        self._warehouse = warehouse
        self._get = get
        self._name = name
        self._table = table
        self._snapshot = snapshot

    @property
    def name(self) -> str:
        """Name of the dataset, such as `telco.customers`."""
        return self._name

    @property
    def snapshot_id(self) -> int | None:
        """Id of the version's snapshot; None for a table without versions."""
        return self._snapshot

    @property
    def location(self) -> str:
        """The `s3://` address of the files."""
        return self._table.location()

    @property
    def table(self) -> "Table":
        """The Iceberg table, for operations that this class does not have."""
        return self._table

    @property
    def schema(self) -> "pa.Schema":
        """Schema of this version."""
        return Rows(self._table, self._snapshot).schema

    @property
    def description(self) -> Description:
        """Owner, description, tags, columns and constraints, as of when the dataset was looked up."""
        columns = {field.name: field.doc for field in self._table.schema().fields if field.doc}
        return Description.of_properties(self._table.properties, columns)

    @property
    def constraints(self) -> "tuple[Constraint, ...]":
        """Constraints of the dataset."""
        return self.description.constraints

    @property
    def version(self) -> Version | None:
        """This version; None for a table without versions."""
        snapshot = None if self._snapshot is None else self._table.snapshot_by_id(self._snapshot)
        if snapshot is None:
            return None
        tags = version_tags(self._table)
        return Version.of(snapshot, tuple(sorted(tag for tag, id_ in tags.items() if id_ == self._snapshot)))

    def versions(self) -> tuple[Version, ...]:
        """Return all versions as of when the dataset was looked up, the latest first.

        Example:
            >>> lab.datasets.get("telco.customers").versions()[0].rows
        """
        return versions_of(self._table)

    def at(
        self, *, snapshot: int | None = None, tag: str | None = None, time: datetime | None = None
    ) -> "Dataset":
        """Return another version, given by exactly one of the arguments.

        Args:
            snapshot: Id of its snapshot.
            tag: A tag of the version.
            time: The version that was current at this time, which needs a time zone.

        Raises:
            VersionNotFoundError: There is no such version.

        Example:
            >>> lab.datasets.get("telco.customers").at(tag="2026-q1")
        """
        found = find_snapshot(self._table, name=self._name, snapshot=snapshot, tag=tag, time=time)
        return self._version(self._table, found)

    def tag(self, tag: str, *, move: bool = False) -> "Dataset":
        """Tag this version.

        Args:
            tag: The tag, such as `2026-q1`.
            move: Whether the tag may be moved from another version.

        Raises:
            DatasetConflictError: The tag names another version.

        Example:
            >>> lab.datasets.get("telco.customers").tag("2026-q2")
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
                    remedy="choose another tag, or pass move=True",
                )
            if known != snapshot:
                table.manage_snapshots().create_tag(snapshot, tag).commit()

        return self._version(change_table(self._warehouse, self._name, change), snapshot)

    def read(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: "str | BooleanExpression | None" = None,
    ) -> Rows:
        """Return rows of this version. They are read by `to_arrow()`, `to_pandas()`, `to_polars()` or the like.

        Args:
            columns: Columns to read, in this order. Default: all.
            where: RowFilter on the rows, such as `age >= 18 and country = 'DE'`. Files without such rows are not read.

        Raises:
            SelectionError: A column does not exist, or the condition cannot be parsed.

        Example:
            >>> lab.datasets.get("telco.customers").read(["age"], where="age >= 18").to_pandas()
        """
        return Rows(self._table, self._snapshot, columns=columns, where=where)

    def statistics(self, columns: Sequence[str] | None = None) -> "tuple[ColumnStatistics, ...]":
        """Return statistics of each column: nulls, distinct values, range, quantiles, most frequent values.

        Args:
            columns: Columns to read. Default: all.

        Example:
            >>> lab.datasets.get("telco.customers").statistics(["age"])
        """
        from terrarium.datasets._statistics import column_statistics

        return column_statistics(self.read(columns))

    def validate(self, constraints: "Sequence[Constraint] | None" = None) -> "ValidationReport":
        """Check all rows of this version.

        Args:
            constraints: The constraints to check. Default: those of the dataset.

        Raises:
            DataRefusedError: A constraint names a column that does not exist.

        Example:
            >>> lab.datasets.get("telco.customers").validate().valid
            True
        """
        from terrarium.datasets.constraints.constraint_checker import ConstraintChecker, check_declarable
        from terrarium.datasets.constraints.dataset_checks import ExistingRows

        chosen = self.constraints if constraints is None else tuple(constraints)
        check_declarable(chosen, self.schema, dataset=self._name)
        checker = ConstraintChecker(
            self._name, chosen, target=lambda reference: reference_target(self._get, reference)
        )
        for chunk in self.read().to_tables():
            checker.add(chunk)
        return checker.report(ExistingRows.none())

    def lineage(self, *, limit: Count = 100) -> "Lineage":
        """Return the runs that wrote the dataset's versions, and those that read them.

        Args:
            limit: The most readers to return; the latest ones.

        Example:
            >>> lab.datasets.get("telco.customers").lineage().written
        """
        from terrarium.datasets.lineage import read_lineage

        return read_lineage(self._connection, self._name, self.versions(), limit=limit)

    def _version(self, table: "Table", snapshot: int | None) -> "Dataset":
        return Dataset(
            self._name,
            table,
            snapshot,
            connection=self._connection,
            warehouse=self._warehouse,
            get=self._get,
        )

    def __repr__(self) -> str:
        version = self.version
        rows = f", {version.rows:,} rows" if version and version.rows is not None else ""
        return f"<Dataset {self._name}: snapshot {self._snapshot}{rows}>"


def reference_target(get: "Callable[[str], Dataset]", reference: "References") -> "Iterator[pa.Table]":
    """Yield the columns that a reference constraint refers to, at its snapshot.

    Raises:
        DatasetNotFoundError: The other dataset does not exist.
        VersionNotFoundError: The other dataset has no such snapshot.
        SelectionError: The other dataset has no such column.
    """
    dataset = get(reference.dataset)
    if reference.snapshot is not None:
        dataset = dataset.at(snapshot=reference.snapshot)
    return dataset.read(reference.target).to_tables()
