"""`Datasets`: the class behind `lab.datasets`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from terrarium.arguments import Days, Seconds, Seed, checked_methods
from terrarium.datasets._dataset import Dataset, reference_target
from terrarium.datasets._description import Description, check_columns
from terrarium.datasets._discovery import DatasetSummary, list_datasets
from terrarium.datasets._frame_schema import checked_source
from terrarium.datasets._libraries import require_libraries
from terrarium.datasets._tables import change_table, load_table
from terrarium.datasets.errors import DatasetConflictError, DatasetNotFoundError, VersionNotFoundError
from terrarium.datasets.lineage import mark_run, writing_summary
from terrarium.datasets.removal.dataset_removal import DatasetRemoval
from terrarium.datasets.requirements.requirement_store import RequirementStore
from terrarium.datasets.rows import arrow_schema
from terrarium.datasets.versions import Version

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.table import Table

    from terrarium.artifacts import Artifacts
    from terrarium.connection import Connection
    from terrarium.datasets._frame_schema import FrameSchema
    from terrarium.datasets.constraints import Constraint
    from terrarium.datasets.requirements.requirement import DataRequirement
    from terrarium.datasets.splitting.split import Split
    from terrarium.datasets.writing.write import Write
    from terrarium.record import UseCase
    from terrarium.warehouse import Warehouse

__all__ = ["Datasets"]

_UPSERT_TRIES = 8


@checked_methods
class Datasets:
    """The datasets of an environment: Iceberg tables, whose snapshots are the versions.

    Data may be an Arrow table, record batch or record batch reader, a pandas or Polars frame, the path of a Parquet or
    CSV file or of a folder of Parquet files, or any object with `__arrow_c_stream__`. Readers and files are processed
    in chunks, so they may be larger than memory. Every write creates one version, or leaves the dataset unchanged.
    Safe to share between threads.

    Args:
        connection: The environment.
        artifacts: The documents of data requirements.
        warehouse: The tables.
        views_of: Returns the names of the feature views that read a dataset.
    """

    def __init__(
        self,
        connection: "Connection",
        *,
        artifacts: "Artifacts",
        warehouse: "Warehouse",
        views_of: "Callable[[str], Sequence[str]]",
    ) -> None:
        require_libraries()
        self._connection = connection
        self._warehouse = warehouse
        self._requirements = RequirementStore(artifacts, lambda: connection.mlflow_client)
        self._removal = DatasetRemoval(connection, warehouse=warehouse, views_of=views_of)

    def get(self, name: str) -> Dataset:
        """Return a dataset at its current version.

        In a process that `terrarium reproduce` started, it is the version that the reproduced run read.

        Raises:
            DatasetNotFoundError: The dataset does not exist.
            VersionNotFoundError: The version that the reproduced run read no longer exists.

        Example:
            >>> lab.datasets.get("telco.customers").read().to_pandas()
        """
        table = load_table(self._warehouse, name)
        pinned = self._pins.get(name)
        if pinned is None:
            return self._current(name, table)
        if table.snapshot_by_id(pinned) is None:
            raise VersionNotFoundError(
                f"the run read dataset {name!r} at snapshot {pinned}, which no longer exists: it has expired, or the "
                "dataset was deleted and created again",
                remedy="tag the versions that runs depend on: tagged versions do not expire",
            )
        return self._dataset(name, table, pinned)

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
        """Create a dataset from data, with the schema of the data.

        Args:
            name: Name of the dataset, such as `telco.customers`.
            data: The rows; or an Arrow schema, for a dataset without rows.
            owner: The team or person that is responsible.
            description: What the rows are.
            tags: Tags to search by.
            columns: Column -> meaning.
            constraints: Constraints that these rows and all later writes are checked against.
            partition_by: Columns, or `year(c)`, `month(c)`, `day(c)`, `hour(c)`, `bucket(16, c)`, `truncate(4, c)`.
            sort_by: Columns to sort the rows of each file by; a minus sign means descending.
            checked_by: A Pandera schema to check all these rows with, in memory.

        Raises:
            DatasetExistsError: A dataset of this name exists.
            DatasetNameError: The name is not a valid name of a dataset.
            DataRefusedError: The data has types that a dataset cannot store, or cannot be partitioned or sorted so.
            ConstraintsViolatedError: Rows violate a constraint.

        Example:
            >>> lab.datasets.create("telco.customers", frame, owner="crm", constraints=[NotNull(column="churned")])
        """
        from terrarium.datasets.writing.create_table import create_table, exists_error

        described = Description(
            owner=owner,
            description=description,
            tags=tuple(tags),
            columns=dict(columns or {}),
            constraints=tuple(constraints),
        )
        warehouse = self._warehouse
        try:
            load_table(warehouse, name)
        except DatasetNotFoundError:
            pass
        else:
            raise exists_error(name)
        create_table(
            warehouse.catalog,
            (warehouse.database, warehouse.table_name(name)),
            checked_source(data, checked_by, known=None, dataset=name, doing="create"),
            name=name,
            description=described,
            partition_by=partition_by,
            sort_by=sort_by,
            target=lambda reference: reference_target(self.get, reference),
            summary=writing_summary(),
        )
        created = self._current(name, load_table(warehouse, name))
        if created.snapshot_id is not None:
            mark_run(name, created.snapshot_id, "append")
        return created

    def append(
        self, name: str, data: Any, *, evolve: bool = False, checked_by: "FrameSchema | None" = None
    ) -> Dataset:
        """Add rows. Concurrent appends all succeed.

        Args:
            name: Name of the dataset.
            data: The rows.
            evolve: Whether the schema may change: columns added, missing ones filled with nulls, numbers widened.
            checked_by: A Pandera schema to check all these rows with, in memory.

        Raises:
            DatasetNotFoundError: The dataset does not exist.
            SchemaDiffersError: The columns are not those of the dataset; the error names the differences.
            ConstraintsViolatedError: Rows violate constraints of the dataset.

        Example:
            >>> lab.datasets.append("telco.customers", june)
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
        """Replace all rows, or those that `where` chooses. Earlier versions stay.

        Args:
            name: Name of the dataset.
            data: The new rows. With `where`, the condition must choose all of them.
            where: RowFilter on the rows to replace, such as `day = '2026-06-01'`. Files without such rows stay.
            base: Snapshot that the rows were computed from. If it is no longer the current one, nothing is written.
            evolve: Whether the schema may change.
            checked_by: A Pandera schema to check all these rows with, in memory.

        Raises:
            DatasetConflictError: Another write changed the dataset in the meantime, or since `base`.
            DatasetNotFoundError: The dataset does not exist.
            SchemaDiffersError: The columns are not those of the dataset.
            SelectionError: `where` cannot be parsed.
            DataRefusedError: `where` does not choose all of the new rows.
            ConstraintsViolatedError: Rows violate constraints of the dataset.

        Example:
            >>> lab.datasets.overwrite("telco.usage", june, where="day >= '2026-06-01'")
        """
        from terrarium.datasets.writing.overwrite_where import overwrite_where

        write = self._write(name, data, evolve=evolve, checked_by=checked_by, doing="overwrite")
        if base is not None:
            write.refuse_outdated(base)
        snapshot = write.overwrite() if where is None else overwrite_where(write, where)
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
        """Replace the rows that have the keys of the new rows, and add the other new rows.

        Args:
            name: Name of the dataset.
            data: The new rows, which are held in memory.
            on: Columns of the key, which must be unique in the data.
            evolve: Whether the schema may change.
            checked_by: A Pandera schema to check these rows with.

        Raises:
            DataRefusedError: Keys are null, or not unique.
            DatasetConflictError: Concurrent writes changed the dataset at every attempt.
            DatasetNotFoundError: The dataset does not exist.
            SchemaDiffersError: The columns are not those of the dataset.
            ConstraintsViolatedError: Rows violate constraints of the dataset.

        Example:
            >>> lab.datasets.upsert("telco.customers", changed, on="customer_id")
        """
        from terrarium.datasets.writing.upsert import check_keys, upsert

        keys = (on,) if isinstance(on, str) else tuple(on)
        known = arrow_schema(load_table(self._warehouse, name).schema())
        incoming = checked_source(data, checked_by, known=known, dataset=name, doing="upsert into").to_table()
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
        """Change the description of a dataset. Arguments that are omitted stay as they are.

        Args:
            name: Name of the dataset.
            owner: The team or person that is responsible.
            description: What the rows are.
            tags: Tags in place of the current ones.
            columns: Column -> meaning; other columns keep theirs.
            constraints: Constraints in place of the current ones; the current rows are checked first.

        Raises:
            DataRefusedError: A column does not exist.
            ConstraintsViolatedError: Current rows violate a constraint.

        Example:
            >>> lab.datasets.describe("telco.customers", owner="crm", tags=["pii"])
        """
        given = {"owner": owner, "description": description, "tags": tags, "constraints": constraints}
        if constraints is not None:
            current = self._current(name, load_table(self._warehouse, name))
            current.validate(constraints).raise_for_violations(doing="set these constraints of")

        def change(table: "Table") -> None:
            known = self._current(name, table).description.model_dump(exclude={"columns"})
            stated = {key: value for key, value in given.items() if value is not None}
            described = Description(**known | stated)
            check_columns(columns or {}, table.schema().column_names, dataset=name)
            with table.transaction() as transaction:
                transaction.set_properties(described.properties())
                if columns:
                    with transaction.update_schema() as update:
                        for column, meaning in columns.items():
                            update.update_column(column, doc=meaning)

        return self._current(name, change_table(self._warehouse, name, change))

    def list(self) -> "tuple[DatasetSummary, ...]":
        """Return all datasets, by name.

        Example:
            >>> [dataset.name for dataset in lab.datasets.list()]
        """
        return tuple(list_datasets(self._connection.session, self._warehouse))

    def search(
        self,
        text: str | None = None,
        *,
        name: str | None = None,
        column: str | None = None,
        tag: str | None = None,
        owner: str | None = None,
    ) -> "tuple[DatasetSummary, ...]":
        """Return the datasets for which all given conditions hold; case is ignored.

        Args:
            text: Words, each of which occurs in the name, the description, a tag, or a column's name or description.
            name: Part of the name.
            column: Part of the name of a column.
            tag: A tag.
            owner: The owner.

        Example:
            >>> lab.datasets.search("contract", column="age")
        """
        return tuple(
            dataset
            for dataset in list_datasets(self._connection.session, self._warehouse)
            if dataset.matches(text=text, name=name, column=column, tag=tag, owner=owner)
        )

    def query(
        self, sql: str, *, parameters: Sequence[object] = (), timeout: Seconds | None = None
    ) -> "pa.Table":
        """Run an SQL statement in Athena, and return the result.

        Args:
            sql: One statement, with datasets in double quotes: `SELECT count(*) FROM "telco.customers"`; for an earlier
                version, `FROM "telco.customers" FOR VERSION AS OF 123`.
            parameters: Values for the question marks, in order.
            timeout: Seconds after which the query is cancelled. Default: Athena's own limit.

        Raises:
            DatasetNameError: A quoted name with a dot is not a valid name of a dataset.

        Example:
            >>> lab.datasets.query('SELECT plan, avg(age) FROM "telco.customers" GROUP BY plan')
        """
        from terrarium.datasets.sql_names import replace_dataset_names

        warehouse = self._warehouse
        return warehouse.query(
            replace_dataset_names(sql, warehouse.table_name), parameters=parameters, timeout=timeout
        )

    def split(
        self,
        name: "str | Dataset",
        *,
        by: str | Sequence[str],
        train: float = 0.7,
        validation: float = 0.15,
        test: float = 0.15,
        seed: Seed = 7,
        strategy: Literal["random", "stratified", "grouped", "time"] = "random",
        stratify: str | Sequence[str] = (),
        cuts: Sequence[date | int | float] = (),
        leakage: Literal["refuse", "allow"] = "refuse",
    ) -> "Split":
        """Split a version of a dataset, deterministically: the values of a row alone decide where it goes.

        | strategy | `by` | parts |
        |---|---|---|
        | `random` | the key of a row | by the hash of key and seed; added rows move no other row |
        | `grouped` | the group, such as the household | as `random`, for whole groups |
        | `stratified` | the key of a row | the same share of each value of `stratify`, exact within one row |
        | `time` | the time of a row | the earliest rows to train on, the latest to test on |

        Args:
            name: Name of a dataset, for its current version; or a dataset at the version to split.
            by: Column or columns.
            train: Share of the rows; for splits by hash, the probability.
            validation: As `train`; 0 for no such part.
            test: As `train`; 0 for no such part.
            seed: A different seed produces a different split.
            strategy: See the table.
            stratify: Column or columns, for a stratified split.
            cuts: For a split by time, the first time of each part but the first. Default: chosen to meet the shares.
            leakage: Whether a key with rows in two parts is refused.

        Returns:
            The parts, to read and to record: `split.train.read()`, `experiment.run(splits=split)`.

        Raises:
            SplitError: The parts do not add up to 1, or the dataset cannot be split in this way.
            LeakageError: A key has rows in two parts.
            SelectionError: A column does not exist.

        Example:
            >>> split = lab.datasets.split("telco.customers", by="customer_id", train=0.7, validation=0.15, test=0.15)
        """
        from terrarium.datasets.splitting.split_dataset import split_dataset

        return split_dataset(
            self._version(name),
            by=by,
            shares={"train": train, "validation": validation, "test": test},
            seed=seed,
            strategy=strategy,
            stratify=stratify,
            cuts=cuts,
            leakage=leakage,
        )

    def folds(
        self,
        name: "str | Dataset",
        *,
        by: str | Sequence[str],
        folds: int = 5,
        seed: Seed = 7,
        strategy: Literal["random", "stratified", "grouped"] = "random",
        stratify: str | Sequence[str] = (),
        leakage: Literal["refuse", "allow"] = "refuse",
    ) -> "tuple[Split, ...]":
        """Return splits for cross-validation: one per fold, as `validation`, with all other folds as `train`.

        Args:
            name: Name of a dataset, for its current version; or a dataset at the version to split.
            by: Column or columns: the key of a row, or the group.
            folds: Number of folds.
            seed: A different seed produces different folds.
            strategy: As in `split`.
            stratify: Column or columns, for stratified folds.
            leakage: Whether a key with rows in two folds is refused.

        Raises:
            SplitError: The dataset cannot be split in this way.
            LeakageError: A key has rows in two folds.
            SelectionError: A column does not exist.

        Example:
            >>> folds = lab.datasets.folds("telco.customers", by="customer_id", folds=5)
        """
        from terrarium.datasets.splitting.split_dataset import fold_dataset

        return fold_dataset(
            self._version(name),
            by=by,
            folds=folds,
            seed=seed,
            strategy=strategy,
            stratify=stratify,
            leakage=leakage,
        )

    def require(self, requirement: "DataRequirement", *, use_case: "UseCase | str") -> None:
        """Attach a requirement to a use case, in place of its requirement of the same dataset.

        It is stored as two artifacts, JSON and Markdown, whose earlier versions stay. A tag of the use case's
        experiment refers to the JSON.

        Args:
            requirement: The requirement, in any state.
            use_case: The use case, or the name of its experiment.

        Example:
            >>> lab.datasets.require(requirement, use_case="churn")
        """
        self._requirements.store(requirement, use_case)

    def requirements(self, use_case: "UseCase | str") -> "tuple[DataRequirement, ...]":
        """Return the requirements of a use case, by dataset; none for an unknown use case.

        Args:
            use_case: The use case, or the name of its experiment.

        Example:
            >>> lab.datasets.requirements("churn")
        """
        return self._requirements.read(use_case)

    def drop(self, name: str, *, force: bool = False) -> None:
        """Delete a dataset with all its versions and files. This cannot be undone.

        Args:
            name: Name of the dataset.
            force: Whether to delete it although tags, runs, other datasets or feature views refer to it.

        Raises:
            DatasetHeldError: Something refers to the dataset; the error names it.
            DatasetNotFoundError: The dataset does not exist.
            ForeignFilesError: The table names files outside of its folder; nothing was deleted.

        Example:
            >>> lab.datasets.drop("telco.trial")
        """
        self._removal.drop(name, force=force)

    def expirable(self, name: str, *, older_than: Days) -> tuple[Version, ...]:
        """Return the versions that `expire` would remove, the latest first.

        Args:
            name: Name of the dataset.
            older_than: Time since a newer version replaced them.

        Raises:
            DatasetNotFoundError: The dataset does not exist.

        Example:
            >>> lab.datasets.expirable("telco.customers", older_than=timedelta(days=90))
        """
        return self._removal.expirable(name, older_than=older_than)

    def expire(self, name: str, *, older_than: Days) -> tuple[Version, ...]:
        """Remove old versions, with the files that no other version uses. This cannot be undone.

        The current version stays, and so do versions that are tagged, recorded by a run, online, or referred to by a
        constraint of another dataset.

        Args:
            name: Name of the dataset.
            older_than: Time since a newer version replaced them.

        Returns:
            The removed versions, the latest first.

        Raises:
            DatasetConflictError: Concurrent writes changed the dataset at every attempt.
            DatasetNotFoundError: The dataset does not exist.
            ForeignFilesError: A version names files outside of the dataset's folder; nothing was removed.

        Example:
            >>> lab.datasets.expire("telco.customers", older_than=timedelta(days=90))
        """
        return self._removal.expire(name, older_than=older_than)

    @cached_property
    def _pins(self) -> dict[str, int]:
        from terrarium.datasets._reproduction_pins import pinned_snapshots

        return pinned_snapshots(self._connection.mlflow_client)

    def _current(self, name: str, table: "Table") -> Dataset:
        snapshot = table.current_snapshot()
        return self._dataset(name, table, snapshot.snapshot_id if snapshot else None)

    def _dataset(self, name: str, table: "Table", snapshot: int | None) -> Dataset:
        return Dataset(
            name, table, snapshot, connection=self._connection, warehouse=self._warehouse, get=self.get
        )

    def _write(
        self, name: str, data: Any, *, evolve: bool, checked_by: "FrameSchema | None", doing: str
    ) -> "Write":
        from terrarium.datasets.writing.write import Write

        table = load_table(self._warehouse, name)
        return Write(
            name=name,
            table=table,
            source=checked_source(
                data, checked_by, known=arrow_schema(table.schema()), dataset=name, doing=doing
            ),
            constraints=self._current(name, table).constraints,
            target=lambda reference: reference_target(self.get, reference),
            evolve=evolve,
            summary=writing_summary(),
        )

    def _written(self, write: "Write", snapshot: int, operation: str) -> Dataset:
        mark_run(write.name, snapshot, operation)
        # `write.table` is the table after the commit.
        return self._dataset(write.name, write.table, snapshot)

    def _version(self, name: str | Dataset) -> Dataset:
        return self.get(name) if isinstance(name, str) else name

    def __repr__(self) -> str:
        return f"<Datasets of {self._connection.environment}>"
