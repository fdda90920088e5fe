"""One change of a dataset, committed optimistically: PyIceberg tries again, and we say when it must not."""

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

    from terrarium.datasets.constraints.report import ValidationReport

__all__ = ["RETRYING", "checked_append", "limit_tries", "replace_files", "staged_transaction"]

# Of every dataset; PyIceberg's defaults (4 tries, up to a minute between two) suit few writers.
RETRYING: Mapping[str, str] = {
    "commit.retry.num-retries": "30",
    "commit.retry.min-wait-ms": "50",
    "commit.retry.max-wait-ms": "2000",
    "commit.retry.total-timeout-ms": "120000",
}

_TRIES_OF_A_SCHEMA = "5"


def limit_tries(table: "Table") -> None:
    """Have the next commit give up soon: against some changes of others', no try will ever succeed."""
    properties = {**table.properties, "commit.retry.num-retries": _TRIES_OF_A_SCHEMA}
    # Of this object only; the table's own properties stay.
    table.metadata = table.metadata.model_copy(update={"properties": properties})


@contextmanager
def staged_transaction(table: "Table", *, doing: str) -> "Iterator[tuple[Transaction, Staging]]":
    """A transaction that is committed at the block's end; data files are deleted unless it may have landed.

    Args:
        table: What to change.
        doing: For errors, as in "cannot <doing>".

    Raises:
        DatasetConflictError: Others changed the dataset in a way that does not go together with this.
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
        # These two mean that it did not land. After anything else, e.g. a lost connection, it may have.
        staging.discard()
        if isinstance(error.__cause__, Error):
            raise error.__cause__ from None
        raise DatasetConflictError(
            f"cannot {doing}: somebody else changed it meanwhile ({error})",
            remedy="look at lab.datasets.get(name).versions(), and do it again if it still is what you want",
        ) from error


def checked_append(
    transaction: "Transaction",
    summary: Mapping[str, str],
    check: "Callable[[Table], ValidationReport] | None",
    *,
    doing: str,
) -> "_FastAppendFiles":
    """An append that goes together with whatever others do, except where `check` says otherwise.

    Args:
        transaction: It becomes part of.
        summary: Properties of the snapshot.
        check: Is asked before every further try, with the table as others left it.
        doing: For errors.
    """
    from pyiceberg.exceptions import ValidationException
    from pyiceberg.table.snapshots import Operation
    from pyiceberg.table.update.snapshot import _FastAppendFiles

    class CheckedAppend(_FastAppendFiles):
        # PyIceberg's hook between two tries; its own append has nothing to ask there.
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
    """A snapshot that replaces files, and conflicts with whatever others added or removed since; its id."""
    from pyiceberg.expressions import AlwaysTrue

    with transaction.update_snapshot(snapshot_properties=dict(summary)).overwrite() as snapshot:
        snapshot.delete_by_predicate(AlwaysTrue())
        for file in removed:
            snapshot.delete_data_file(file)
        for file in added:
            snapshot.append_data_file(file)
    return snapshot.snapshot_id
