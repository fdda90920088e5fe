"""`TableCatalog`: the part of a warehouse that features use."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pyiceberg.catalog import Catalog

__all__ = ["TableCatalog"]


class TableCatalog(Protocol):
    """Iceberg tables by dataset name, as `terrarium.warehouse.Warehouse` provides them."""

    @property
    def database(self) -> str:
        """The namespace of all tables."""

    @property
    def catalog(self) -> "Catalog":
        """PyIceberg's catalog."""

    def table_name(self, dataset: str, /) -> str:
        """Return the name of the table that holds a dataset."""
