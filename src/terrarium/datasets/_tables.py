"""Access to the Iceberg tables of datasets: load, and change with retries."""

import difflib
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.datasets.errors import DatasetConflictError, DatasetNotFoundError

if TYPE_CHECKING:
    from pyiceberg.table import Table

    from terrarium.warehouse import Warehouse

__all__ = ["change_table", "load_table"]

_TRIES = 12


def load_table(warehouse: "Warehouse", name: str) -> "Table":
    """Return the table of a dataset as it is now.

    Raises:
        DatasetNotFoundError: The dataset does not exist.
    """
    from pyiceberg.exceptions import NoSuchTableError

    identifier = (warehouse.database, warehouse.table_name(name))
    try:
        with translate_errors(f"read dataset {name!r}"):
            return warehouse.catalog.load_table(identifier)
    except NoSuchTableError as error:
        raise DatasetNotFoundError(
            f"there is no dataset {name!r}", remedy=_alternatives(warehouse, name)
        ) from error


def change_table(warehouse: "Warehouse", name: str, change: "Callable[[Table], None]") -> "Table":
    """Commit a change of a table's metadata; retry after conflicts.

    Args:
        warehouse: The tables.
        name: Name of the dataset.
        change: Commits the change in one transaction; is called with the current table at each attempt.

    Raises:
        DatasetConflictError: Concurrent commits came first at every attempt.
    """
    from pyiceberg.exceptions import CommitFailedException

    for attempt in range(_TRIES):
        table = load_table(warehouse, name)
        try:
            with translate_errors(f"change dataset {name!r}"):
                change(table)
        except CommitFailedException as error:
            failure = error
            time.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - jitter, not a secret
        else:
            return table
    raise DatasetConflictError(
        f"cannot change dataset {name!r}: concurrent commits came first in {_TRIES} attempts ({failure})",
        remedy="retry when fewer processes write to it",
    ) from failure


def _alternatives(warehouse: "Warehouse", name: str) -> str:
    known = [table.replace("__", ".") for _, table in warehouse.catalog.list_tables(warehouse.database)]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}? lab.datasets.list() lists all datasets"
    return "lab.datasets.list() lists all datasets; lab.datasets.create creates one"
