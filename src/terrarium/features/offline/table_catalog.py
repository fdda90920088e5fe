"""What features need to know of a warehouse."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pyiceberg.catalog import Catalog

__all__ = ["TableCatalog"]


class TableCatalog(Protocol):
    """Iceberg tables by name of dataset, as `terrarium.warehouse.Warehouse` has them."""

    @property
    def database(self) -> str:
        """The namespace of all tables."""

    @property
    def catalog(self) -> "Catalog":
        """PyIceberg's catalog."""

    def table_name(self, dataset: str, /) -> str:
        """The table of a dataset."""
