"""Creation of a dataset: the table becomes visible with its rows, or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.datasets._description import Description, documented_schema
from terrarium.datasets.constraints import References
from terrarium.datasets.constraints.constraint_checker import ConstraintChecker, check_declarable
from terrarium.datasets.constraints.dataset_checks import ExistingRows
from terrarium.datasets.errors import DatasetExistsError
from terrarium.datasets.layout import partition_spec, sort_order
from terrarium.datasets.storage_errors import translate_file_errors
from terrarium.datasets.writing.staging import Staging
from terrarium.warehouse.commit_retries import COMMIT_RETRIES

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.catalog import Catalog

    from terrarium.datasets.writing.row_source import RowSource

__all__ = ["create_table", "exists_error"]


def create_table(
    catalog: "Catalog",
    identifier: tuple[str, str],
    source: "RowSource",
    *,
    name: str,
    description: Description,
    partition_by: Sequence[str],
    sort_by: Sequence[str],
    target: "Callable[[References], Iterator[pa.Table]]",
    summary: Mapping[str, str],
) -> None:
    """Create a table with the rows, in one commit.

    Raises:
        DatasetExistsError: Another process created it first.
        ConstraintsViolatedError: The rows violate a constraint.
        DataRefusedError: The rows cannot be read, or not be partitioned or sorted as requested.
    """
    from pyiceberg.exceptions import CommitFailedException, TableAlreadyExistsError
    from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids
    from pyiceberg.schema import assign_fresh_schema_ids

    check_declarable(description.constraints, source.schema, dataset=name)
    described = documented_schema(source.schema, description.columns, dataset=name)
    schema = assign_fresh_schema_ids(_pyarrow_to_schema_without_ids(described))
    transaction = catalog.create_table_transaction(
        identifier,
        schema,
        partition_spec=partition_spec(partition_by, schema),
        sort_order=sort_order(sort_by, schema),
        properties={"format-version": "2", **COMMIT_RETRIES, **description.properties()},
    )
    checker = ConstraintChecker(name, description.constraints, target=target)
    staging = Staging(transaction, transaction._table.io)
    doing = f"create dataset {name!r}"
    try:
        with translate_file_errors(doing):
            staging.stage(source, checker)
            checker.report(ExistingRows.none()).raise_for_violations(doing="create")
            with transaction.update_snapshot(snapshot_properties=dict(summary)).fast_append() as snapshot:
                for file in staging.files:
                    snapshot.append_data_file(file)
    except BaseException:
        staging.discard()
        raise
    try:
        with translate_errors(doing), translate_file_errors(doing):
            transaction.commit_transaction()
    except (CommitFailedException, TableAlreadyExistsError) as error:
        staging.discard()
        raise exists_error(name) from error


def exists_error(name: str) -> DatasetExistsError:
    """Return the error that a dataset exists already."""
    return DatasetExistsError(
        f"dataset {name!r} exists already",
        remedy="write to it with lab.datasets.append, overwrite or upsert; or choose another name",
    )
