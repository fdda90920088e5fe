"""Iceberg's tables behind datasets."""

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
    """The table as it is now.

    Raises:
        DatasetNotFoundError: There is none.
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
    """Commit a change of what a table says about itself; tried again where somebody else was quicker.

    Args:
        warehouse: Where the table is.
        name: The dataset's.
        change: Commits, in one transaction; is given the table anew for each try.

    Raises:
        DatasetConflictError: Others were quicker again and again.
    """
    from pyiceberg.exceptions import CommitFailedException

    for attempt in range(_TRIES):
        table = load_table(warehouse, name)
        try:
            with translate_errors(f"change dataset {name!r}"):
                change(table)
        except CommitFailedException as error:
            failure = error
            time.sleep(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - to part two that collide
        else:
            return table
    raise DatasetConflictError(
        f"cannot change dataset {name!r}: others were quicker {_TRIES} times ({failure})",
        remedy="do it again when fewer write to it",
    ) from failure


def _alternatives(warehouse: "Warehouse", name: str) -> str:
    known = [table.replace("__", ".") for _, table in warehouse.catalog.list_tables(warehouse.database)]
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}? lab.datasets.list() has all of them"
    return "lab.datasets.list() has all of them; lab.datasets.create makes one"
