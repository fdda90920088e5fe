"""Names of datasets in SQL: `FROM "telco.customers"` reads the table of the dataset."""

import re
from collections.abc import Callable

__all__ = ["replace_dataset_names"]

# First what is skipped: text and comments. Then quoted names with a dot, which no column of a dataset can have.
# `$snapshots` and the like follow the name of a table.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|"(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)(?P<metadata>\$[a-z_]+)?"|"(?:[^"]|"")*\"""",
    re.DOTALL,
)


def replace_dataset_names(sql: str, table_name: Callable[[str], str]) -> str:
    """Return the statement with the names of tables in place of the names of datasets.

    Args:
        sql: The statement, with datasets in double quotes.
        table_name: Returns the table of a dataset.
    """

    def replaced(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0]
        return f'"{table_name(match["name"])}{match["metadata"] or ""}"'

    return _TOKEN.sub(replaced, sql)
