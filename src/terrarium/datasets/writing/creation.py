"""A dataset's first version: the table appears with its rows in it, or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.datasets.constraints import References
from terrarium.datasets.constraints.checking import Checking, check_declarable
from terrarium.datasets.constraints.whole_checks import Existing
from terrarium.datasets.description import Description, documented_schema
from terrarium.datasets.errors import DatasetExistsError
from terrarium.datasets.layout import partition_spec, sort_order
from terrarium.datasets.storage_errors import translate_file_errors
from terrarium.datasets.writing.commit import RETRYING
from terrarium.datasets.writing.staging import Staging

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.catalog import Catalog

    from terrarium.datasets.writing.source import Source

__all__ = ["create_table", "exists"]


def create_table(
    catalog: "Catalog",
    identifier: tuple[str, str],
    source: "Source",
    *,
    name: str,
    description: Description,
    partition_by: Sequence[str],
    sort_by: Sequence[str],
    target: "Callable[[References], Iterator[pa.Table]]",
    summary: Mapping[str, str],
) -> None:
    """Make a table of the rows, in one commit.

    Raises:
        DatasetExistsError: Somebody else was quicker.
        ConstraintsViolatedError: The rows break what the dataset is to promise.
        DataRefusedError: The rows cannot be read, or not be arranged as asked.
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
        properties={"format-version": "2", **RETRYING, **description.properties()},
    )
    checking = Checking(name, description.constraints, target=target)
    staging = Staging(transaction, transaction._table.io)
    doing = f"create dataset {name!r}"
    try:
        with translate_file_errors(doing):
            staging.stage(source, checking)
            checking.report(Existing.none()).raise_for_violations(doing="create")
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
        raise exists(name) from error


def exists(name: str) -> DatasetExistsError:
    """The error that a dataset is there already."""
    return DatasetExistsError(
        f"there is a dataset {name!r} already",
        remedy="lab.datasets.append, overwrite or upsert write to it; or choose another name",
    )
