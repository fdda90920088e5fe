"""`Warehouse`: the environment's tables, as an Iceberg catalog."""

import threading
from typing import TYPE_CHECKING

from terrarium.aws import Session, explained
from terrarium.manifest import PlatformManifest
from terrarium.warehouse import names

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from pyiceberg.catalog import Catalog

__all__ = ["Warehouse"]


class Warehouse:
    """The tables of one environment: all of them in one Glue database, all of their files in one bucket.

    Safe to share between threads.

    Args:
        manifest: What the environment exposes.
        session: The AWS clients.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._features = manifest.features
        self._session = session
        self._catalog: tuple[ReadOnlyCredentials, Catalog] | None = None
        self._lock = threading.Lock()

    @property
    def database(self) -> str:
        """The Glue database of all tables; the namespace in `catalog`, the schema in SQL."""
        return self._features.catalog_database

    @property
    def catalog(self) -> "Catalog":
        """PyIceberg's catalog; a table is `catalog.load_table((database, table_name("telco.customers")))`.

        Files are read and written with the credentials of the moment at which it is asked for. Where they end,
        ask again: while they last, the same catalog is returned.

        Raises:
            EngineNotInstalledError: PyIceberg is not installed.
            CredentialsNotFoundError: There are no AWS credentials.
            CredentialsExpiredError: There were.
        """
        from terrarium.warehouse.catalog import open_catalog

        with explained("open the warehouse"), self._lock:
            credentials = self._session.credentials()
            if self._catalog is None or self._catalog[0] != credentials:
                self._catalog = (
                    credentials,
                    open_catalog(self._features, session=self._session, credentials=credentials),
                )
            return self._catalog[1]

    @staticmethod
    def table_name(dataset: str) -> str:
        """The name of the table that holds `dataset`: `telco__customers` for `telco.customers`.

        Raises:
            DatasetNameError: It is no name of a dataset.
        """
        return names.table_name(dataset)

    @staticmethod
    def dataset_name(table: str) -> str:
        """The name of the dataset that `table` holds.

        Raises:
            DatasetNameError: No dataset has a table of that name.
        """
        return names.dataset_name(table)
