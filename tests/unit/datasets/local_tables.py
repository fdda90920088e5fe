"""Iceberg tables on this machine's disk, for what needs a table and no catalog of AWS'."""

from pathlib import Path

import pyarrow as pa
from pyiceberg.catalog.memory import InMemoryCatalog
from pyiceberg.table import Table

__all__ = ["local_catalog", "local_table"]


def local_catalog(folder: Path) -> InMemoryCatalog:
    catalog = InMemoryCatalog("local", warehouse=f"file://{folder}")
    catalog.create_namespace("features")
    return catalog


def local_table(folder: Path, rows: pa.Table) -> Table:
    table = local_catalog(folder).create_table(("features", "rows"), rows.schema)
    table.append(rows)
    return table
