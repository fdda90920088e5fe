"""Commits of changes of a dataset, retried by PyIceberg unless a check forbids it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.datasets.errors import DatasetConflictError
from terrarium.datasets.storage_errors import translate_file_errors
from terrarium.datasets.writing.staging import Staging
from terrarium.errors import Error

if TYPE_CHECKING:
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table, Transaction
    from pyiceberg.table.update.snapshot import _FastAppendFiles

    from terrarium.datasets.constraints.validation_report import ValidationReport

__all__ = ["checked_append", "limit_tries", "replace_files", "staged_transaction"]

_TRIES_OF_A_SCHEMA = "5"


def limit_tries(table: "Table") -> None:
    """Let the next commit give up early, because some conflicting changes can never be reconciled."""
    properties = {**table.properties, "commit.retry.num-retries": _TRIES_OF_A_SCHEMA}
    # Only this object changes; the properties of the table stay.
    table.metadata = table.metadata.model_copy(update={"properties": properties})


@contextmanager
def staged_transaction(table: "Table", *, doing: str) -> "Iterator[tuple[Transaction, Staging]]":
    """Yield a transaction that is committed at the end of the block.

    Its data files are deleted if the commit certainly failed.

    Args:
        table: The table to change.
        doing: The operation, as in "cannot <doing>".

    Raises:
        DatasetConflictError: A concurrent change of the dataset cannot be reconciled with this one.
    """
    from pyiceberg.exceptions import CommitFailedException, ValidationException

    transaction = table.transaction()
    staging = Staging(transaction, table.io)
    try:
        with translate_file_errors(doing):
            yield transaction, staging
    except BaseException:
        staging.discard()
        raise
    try:
        with translate_errors(doing), translate_file_errors(doing):
            transaction.commit_transaction()
    except (CommitFailedException, ValidationException) as error:
        # These two errors mean that the commit failed. After others, such as a lost connection, it may have succeeded.
        staging.discard()
        if isinstance(error.__cause__, Error):
            raise error.__cause__ from None
        raise DatasetConflictError(
            f"cannot {doing}: another write changed it in the meantime ({error})",
            remedy="see lab.datasets.get(name).versions(), and retry if the change still applies",
        ) from error


def checked_append(
    transaction: "Transaction",
    summary: Mapping[str, str],
    check: "Callable[[Table], ValidationReport] | None",
    *,
    doing: str,
) -> "_FastAppendFiles":
    """Return an append that is compatible with all concurrent changes, unless `check` finds a violation.

    Args:
        transaction: The transaction of the append.
        summary: Properties of the snapshot.
        check: Is called before every further attempt, with the table as others left it.
        doing: The operation, for errors.
    """
    from pyiceberg.exceptions import ValidationException
    from pyiceberg.table.snapshots import Operation
    from pyiceberg.table.update.snapshot import _FastAppendFiles

    class CheckedAppend(_FastAppendFiles):
        # PyIceberg's hook between two attempts; its own append does nothing there.
        def _validate_concurrency(self) -> None:
            if check is None:
                return
            try:
                check(self._transaction._table).raise_for_violations(doing=doing)
            except Error as error:
                raise ValidationException(str(error)) from error

    return CheckedAppend(
        operation=Operation.APPEND,
        transaction=transaction,
        io=transaction._table.io,
        snapshot_properties=dict(summary),
    )


def replace_files(
    transaction: "Transaction",
    summary: Mapping[str, str],
    *,
    removed: "Iterable[DataFile]",
    added: "Iterable[DataFile]",
) -> int:
    """Replace files in one snapshot, and return its id.

    The commit conflicts with any concurrent addition or removal of files.
    """
    from pyiceberg.expressions import AlwaysTrue

    with transaction.update_snapshot(snapshot_properties=dict(summary)).overwrite() as snapshot:
        snapshot.delete_by_predicate(AlwaysTrue())
        for file in removed:
            snapshot.delete_data_file(file)
        for file in added:
            snapshot.append_data_file(file)
    return snapshot.snapshot_id
