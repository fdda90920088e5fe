"""A warehouse of real Iceberg tables in a folder, for what does not need AWS."""

from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.warehouse.table_names import table_name

if TYPE_CHECKING:
    from pyiceberg.catalog import Catalog

__all__ = ["LocalWarehouse"]


class LocalWarehouse:
    """As `terrarium.warehouse.Warehouse`, with SQLite for Glue and a folder for S3."""

    database = "features"
    table_name = staticmethod(table_name)

    def __init__(self, folder: Path) -> None:
        from pyiceberg.catalog.sql import SqlCatalog

        folder.mkdir(parents=True, exist_ok=True)
        self.catalog: Catalog = SqlCatalog(
            "local", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}"
        )
        self.catalog.create_namespace_if_not_exists(self.database)
