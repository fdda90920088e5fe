"""Datasets have dotted names, and tables of one Glue database have none: `telco.customers` is `telco__customers`."""

import re

from terrarium.warehouse.errors import DatasetNameError

__all__ = ["dataset_name", "table_name"]

_SEPARATOR = "__"
# Two underscores are a dot; so that they are nothing else, none stands beside another, or last in a part.
_PART = r"[a-z](_?[a-z0-9])*"
_NAME = re.compile(rf"{_PART}(\.{_PART})*")
# https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html
_LONGEST = 255


def table_name(dataset: str) -> str:
    """The name of the table that holds `dataset`.

    Raises:
        DatasetNameError: It is no name of a dataset.
    """
    table = dataset.replace(".", _SEPARATOR)
    if not _NAME.fullmatch(dataset) or len(table) > _LONGEST:
        raise DatasetNameError(
            f"{dataset!r} cannot be the name of a dataset",
            remedy="name it like telco.customers: parts joined by dots, each of lower-case letters, digits and "
            f"single underscores, a letter first and no underscore last; at most {_LONGEST} characters as a table, "
            "where a dot takes two",
        )
    return table


def dataset_name(table: str) -> str:
    """The name of the dataset that `table` holds.

    Raises:
        DatasetNameError: No dataset has a table of that name.
    """
    dataset = table.replace(_SEPARATOR, ".")
    if not _NAME.fullmatch(dataset):
        raise DatasetNameError(
            f"the table {table!r} holds no dataset: its name is not made of a dataset's",
            remedy="read it through `lab.warehouse.catalog`, or by SQL",
        )
    return dataset
