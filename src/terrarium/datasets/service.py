"""`lab.datasets`: make datasets, write to them, find them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from terrarium.arguments import Seconds, checked_methods
from terrarium.datasets.dataset import Dataset, reference_target
from terrarium.datasets.description import Description, check_columns
from terrarium.datasets.discovery import DatasetSummary, list_datasets
from terrarium.datasets.errors import DatasetConflictError, DatasetNotFoundError, VersionNotFoundError
from terrarium.datasets.libraries import require_libraries
from terrarium.datasets.lineage import mark_run, writing_summary
from terrarium.datasets.removal.removing import Removing
from terrarium.datasets.requirements.keeping import Requiring
from terrarium.datasets.rows import arrow_schema
from terrarium.datasets.splitting.splits import Splitting
from terrarium.datasets.tables import change_table, load_table

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.table import Table

    from terrarium.datasets.constraints import Constraint
    from terrarium.datasets.frame_schema import FrameSchema
    from terrarium.datasets.writing.source import Source
    from terrarium.datasets.writing.writes import Write
    from terrarium.lab import Lab

__all__ = ["Datasets"]

_UPSERT_TRIES = 8


@checked_methods
class Datasets(Splitting, Requiring, Removing):
    """The datasets of an environment: Iceberg tables, whose snapshots are their versions.

    Data may be an Arrow table, record batch or record batch reader, a pandas or Polars frame, the path of a Parquet or
    CSV file or of a folder of Parquet files, or anything with `__arrow_c_stream__`. Readers and files are gone through
    in portions, so they may be larger than memory. Every write is one new version, or leaves the dataset as it was.
    Safe to share between threads.
    """

    def __init__(self, lab: "Lab") -> None:
        require_libraries()
        self._lab = lab

    def get(self, name: str) -> Dataset:
        """The dataset at its current version.

        In a process that `terrarium reproduce` started, at the version that the reproduced run read.

        Raises:
            DatasetNotFoundError: There is none of this name.
            VersionNotFoundError: The version that the reproduced run read is gone.
        """
        table = load_table(self._lab.warehouse, name)
        pinned = self._pins.get(name)
        if pinned is None:
            return self._current(name, table)
        if table.snapshot_by_id(pinned) is None:
            raise VersionNotFoundError(
                f"the run read dataset {name!r} at snapshot {pinned}, which is gone: it was expired, or the dataset "
                "made anew",
                remedy="tag the versions that runs depend on, and keep tagged versions",
            )
        return Dataset(self._lab, name, table, pinned)

    def create(
        self,
        name: str,
        data: Any,
        *,
        owner: str | None = None,
        description: str = "",
        tags: Sequence[str] = (),
        columns: Mapping[str, str] | None = None,
        constraints: "Sequence[Constraint]" = (),
        partition_by: Sequence[str] = (),
        sort_by: Sequence[str] = (),
        checked_by: "FrameSchema | None" = None,
    ) -> Dataset:
        """Make a dataset of data; its schema is the data's.

        Args:
            name: E.g. `telco.customers`.
            data: The rows, or an Arrow schema for none.
            owner: Who answers for it.
            description: What its rows are.
            tags: What to find it by.
            columns: Column -> what it means.
            constraints: What the dataset promises, of these rows and all that follow.
            partition_by: Columns, or `year(c)`, `month(c)`, `day(c)`, `hour(c)`, `bucket(16, c)`, `truncate(4, c)`.
            sort_by: Columns by which the rows of each file are sorted; descending after a minus sign.
            checked_by: A Pandera schema that these rows have to pass, all of them in memory.

        Raises:
            DatasetExistsError: There is one of this name.
            DatasetNameError: No dataset can have this name.
            DataRefusedError: The data has types that a dataset cannot have, or cannot be arranged this way.
            ConstraintsViolatedError: Rows break a constraint.
        """
        from terrarium.datasets.writing.creation import create_table, exists

        said = Description(
            owner=owner,
            description=description,
            tags=tuple(tags),
            columns=dict(columns or {}),
            constraints=tuple(constraints),
        )
        warehouse = self._lab.warehouse
        try:
            load_table(warehouse, name)
        except DatasetNotFoundError:
            pass
        else:
            raise exists(name)
        create_table(
            warehouse.catalog,
            (warehouse.database, warehouse.table_name(name)),
            self._source(data, checked_by, known=None, name=name, doing="create"),
            name=name,
            description=said,
            partition_by=partition_by,
            sort_by=sort_by,
            target=lambda reference: reference_target(self._lab, reference),
            summary=writing_summary(),
        )
        created = self._current(name, load_table(warehouse, name))
        if created.snapshot_id is not None:
            mark_run(name, created.snapshot_id, "append")
        return created

    def append(
        self, name: str, data: Any, *, evolve: bool = False, checked_by: "FrameSchema | None" = None
    ) -> Dataset:
        """Add rows; appends by several writers at a time all land.

        Args:
            name: The dataset's.
            data: The rows.
            evolve: Whether the schema may change: columns added, missing ones filled with nulls, numbers widened.
            checked_by: A Pandera schema that these rows have to pass, all of them in memory.

        Raises:
            DatasetNotFoundError: There is none of this name.
            SchemaDiffersError: The columns are not the dataset's; those that differ are named.
            ConstraintsViolatedError: Rows break what the dataset promises.
        """
        write = self._write(name, data, evolve=evolve, checked_by=checked_by, doing="append to")
        return self._written(write, write.append(), "append")

    def overwrite(
        self,
        name: str,
        data: Any,
        *,
        where: "str | BooleanExpression | None" = None,
        base: int | None = None,
        evolve: bool = False,
        checked_by: "FrameSchema | None" = None,
    ) -> Dataset:
        """Put rows in place of all there are, or of those that `where` chooses; earlier versions stay.

        Args:
            name: The dataset's.
            data: The rows; with `where`, it has to choose all of them, too.
            where: Which rows are replaced, e.g. `day = '2026-06-01'`; files that hold none stay as they are.
            base: The snapshot that the rows were made from; if it is not the current one any more, nothing is written.
            evolve: Whether the schema may change.
            checked_by: A Pandera schema that these rows have to pass, all of them in memory.

        Raises:
            DatasetConflictError: Somebody else wrote to the dataset meanwhile, or since `base`.
            DatasetNotFoundError: There is none of this name.
            SchemaDiffersError: The columns are not the dataset's.
            SelectionError: `where` is not understood.
            DataRefusedError: It does not choose all of the rows.
            ConstraintsViolatedError: Rows break what the dataset promises.
        """
        from terrarium.datasets.writing.replacing import replace_where

        write = self._write(name, data, evolve=evolve, checked_by=checked_by, doing="overwrite")
        if base is not None:
            write.refuse_outdated(base)
        snapshot = write.overwrite() if where is None else replace_where(write, where)
        return self._written(write, snapshot, "overwrite")

    def upsert(
        self,
        name: str,
        data: Any,
        *,
        on: str | Sequence[str],
        evolve: bool = False,
        checked_by: "FrameSchema | None" = None,
    ) -> Dataset:
        """Put each row in place of the one with the same key, or add it where there is none.

        Args:
            name: The dataset's.
            data: The rows; all of them are held in memory.
            on: The columns of the key, which has to be unique in the data.
            evolve: Whether the schema may change.
            checked_by: A Pandera schema that these rows have to pass.

        Raises:
            DataRefusedError: Keys are null, or come twice.
            DatasetConflictError: Others wrote to the dataset again and again.
            DatasetNotFoundError: There is none of this name.
            SchemaDiffersError: The columns are not the dataset's.
            ConstraintsViolatedError: Rows break what the dataset promises.
        """
        from terrarium.datasets.writing.upsert import check_keys, upsert

        keys = (on,) if isinstance(on, str) else tuple(on)
        known = arrow_schema(load_table(self._lab.warehouse, name).schema())
        incoming = _in_memory(self._source(data, checked_by, known=known, name=name, doing="upsert into"))
        check_keys(incoming, keys, name=name)
        for attempt in range(1, _UPSERT_TRIES + 1):
            write = self._write(name, incoming, evolve=evolve, checked_by=None, doing="upsert into")
            try:
                return self._written(write, upsert(write, incoming, on=keys), "overwrite")
            except DatasetConflictError:
                if attempt == _UPSERT_TRIES:
                    raise
        raise AssertionError("unreachable")

    def describe(
        self,
        name: str,
        *,
        owner: str | None = None,
        description: str | None = None,
        tags: Sequence[str] | None = None,
        columns: Mapping[str, str] | None = None,
        constraints: "Sequence[Constraint] | None" = None,
    ) -> Dataset:
        """Say something else about a dataset; what is omitted stays as it is.

        Args:
            name: The dataset's.
            owner: Who answers for it.
            description: What its rows are.
            tags: What to find it by, instead of those it has.
            columns: Column -> what it means, beside what is said about others.
            constraints: What it promises from now on, instead of what it did; its current rows are checked first.

        Raises:
            DataRefusedError: There is no such column.
            ConstraintsViolatedError: Its rows break a constraint.
        """
        given = {"owner": owner, "description": description, "tags": tags, "constraints": constraints}
        if constraints is not None:
            current = self._current(name, load_table(self._lab.warehouse, name))
            current.validate(constraints).raise_for_violations(doing="promise this of")

        def change(table: "Table") -> None:
            known = self._current(name, table).description.model_dump(exclude={"columns"})
            stated = {key: value for key, value in given.items() if value is not None}
            said = Description(**known | stated)
            check_columns(columns or {}, table.schema().column_names, dataset=name)
            with table.transaction() as transaction:
                transaction.set_properties(said.properties())
                if columns:
                    with transaction.update_schema() as update:
                        for column, meaning in columns.items():
                            update.update_column(column, doc=meaning)

        return self._current(name, change_table(self._lab.warehouse, name, change))

    def list(self) -> "tuple[DatasetSummary, ...]":
        """All datasets, by name."""
        return tuple(list_datasets(self._lab))

    def search(
        self,
        text: str | None = None,
        *,
        name: str | None = None,
        column: str | None = None,
        tag: str | None = None,
        owner: str | None = None,
    ) -> "tuple[DatasetSummary, ...]":
        """The datasets to which all that is given applies; case does not count.

        Args:
            text: Words, each of them in the name, the description, a tag, or a column's name or description.
            name: Part of the name.
            column: Part of a column's name.
            tag: A tag.
            owner: The owner.
        """
        return tuple(
            dataset
            for dataset in list_datasets(self._lab)
            if dataset.matches(text=text, name=name, column=column, tag=tag, owner=owner)
        )

    def query(
        self, sql: str, *, parameters: Sequence[object] = (), timeout: Seconds | None = None
    ) -> "pa.Table":
        """Ask in SQL, at any scale, by Athena.

        Args:
            sql: One statement. Datasets are written in double quotes: `SELECT count(*) FROM "telco.customers"`; for an
                earlier version, `FROM "telco.customers" FOR VERSION AS OF 123`.
            parameters: For its question marks, in order.
            timeout: Seconds after which the query is cancelled; omitted, Athena's own limit.

        Raises:
            DatasetNameError: A quoted name with a dot cannot be a dataset's.
        """
        from terrarium.datasets.sql import with_tables

        warehouse = self._lab.warehouse
        return warehouse.query(with_tables(sql, warehouse.table_name), parameters=parameters, timeout=timeout)

    @cached_property
    def _pins(self) -> dict[str, int]:
        from terrarium.datasets.reproduction_pins import pinned_snapshots

        return pinned_snapshots(self._lab)

    def _current(self, name: str, table: "Table") -> Dataset:
        snapshot = table.current_snapshot()
        return Dataset(self._lab, name, table, snapshot.snapshot_id if snapshot else None)

    def _write(
        self, name: str, data: Any, *, evolve: bool, checked_by: "FrameSchema | None", doing: str
    ) -> "Write":
        from terrarium.datasets.writing.writes import Write

        table = load_table(self._lab.warehouse, name)
        return Write(
            name=name,
            table=table,
            source=self._source(data, checked_by, known=arrow_schema(table.schema()), name=name, doing=doing),
            constraints=self._current(name, table).constraints,
            target=lambda reference: reference_target(self._lab, reference),
            evolve=evolve,
            summary=writing_summary(),
        )

    def _written(self, write: "Write", snapshot: int, operation: str) -> Dataset:
        mark_run(write.name, snapshot, operation)
        # The commit has left the table as it is now.
        return Dataset(self._lab, write.name, write.table, snapshot)

    @staticmethod
    def _source(
        data: Any, checked_by: "FrameSchema | None", *, known: "pa.Schema | None", name: str, doing: str
    ) -> "Source":
        from terrarium.datasets.frame_schema import check_frame
        from terrarium.datasets.writing.source import Source

        source = Source.of(data, known=known)
        if checked_by is None:
            return source
        rows = _in_memory(source)
        check_frame(checked_by, rows, dataset=name).raise_for_violations(doing=doing)
        return Source.of(rows)

    def __repr__(self) -> str:
        return f"<Datasets of {self._lab.environment}>"


def _in_memory(source: "Source") -> "pa.Table":
    import pyarrow as pa

    return pa.Table.from_batches(source.batches(), schema=source.schema)
