"""Names of datasets and their tables: `telco.customers` is stored in table `telco__customers`."""

import re

from terrarium.warehouse.errors import DatasetNameError

__all__ = ["dataset_name", "table_name"]

_SEPARATOR = "__"
# Two underscores stand for a dot. To keep this unambiguous, a part has no double and no trailing underscore.
_PART = r"[a-z](_?[a-z0-9])*"
_NAME = re.compile(rf"{_PART}(\.{_PART})*")
# https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html
_LONGEST = 255


def table_name(dataset: str) -> str:
    """Return the name of the table that holds a dataset.

    Raises:
        DatasetNameError: The name is not valid for a dataset.
    """
    table = dataset.replace(".", _SEPARATOR)
    if not _NAME.fullmatch(dataset) or len(table) > _LONGEST:
        raise DatasetNameError(
            f"{dataset!r} cannot be the name of a dataset",
            remedy="use a name like telco.customers: parts joined by dots, each of lower-case letters, digits and "
            f"single underscores, a letter first and no underscore last; at most {_LONGEST} characters as a table, "
            "where a dot counts as two",
        )
    return table


def dataset_name(table: str) -> str:
    """Return the name of the dataset that a table holds.

    Raises:
        DatasetNameError: The table's name does not belong to a dataset.
    """
    dataset = table.replace(_SEPARATOR, ".")
    if not _NAME.fullmatch(dataset):
        raise DatasetNameError(
            f"the table {table!r} does not hold a dataset: its name is not derived from a dataset's name",
            remedy="read it with `lab.warehouse.catalog`, or by SQL",
        )
    return dataset
