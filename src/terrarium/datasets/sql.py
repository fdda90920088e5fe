"""Names of datasets in SQL: `FROM "telco.customers"` is the table behind the dataset."""

import re
from collections.abc import Callable

__all__ = ["with_tables"]

# What must be passed over: text, and comments. Then what is meant: a quoted name with a dot in it, which no column of a
# dataset can have. `$snapshots` and the like follow a table's name.
_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|"(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)(?P<metadata>\$[a-z_]+)?"|"(?:[^"]|"")*\"""",
    re.DOTALL,
)


def with_tables(sql: str, table_name: Callable[[str], str]) -> str:
    """The statement with the name of the table for each dataset's.

    Args:
        sql: In which datasets are written in double quotes.
        table_name: Of the table behind a dataset.
    """

    def replaced(match: re.Match[str]) -> str:
        if match["name"] is None:
            return match[0]
        return f'"{table_name(match["name"])}{match["metadata"] or ""}"'

    return _TOKEN.sub(replaced, sql)
