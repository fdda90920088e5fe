"""`Warehouse`: the environment's tables, as an Iceberg catalog and by SQL."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from terrarium.arguments import Seconds, checked_methods
from terrarium.aws import Session, translate_errors
from terrarium.gc_tuning import gc_paused
from terrarium.manifest import FeatureStore, PlatformManifest
from terrarium.sdk_source import INSTALL_SDK
from terrarium.warehouse import table_names
from terrarium.warehouse.errors import EngineNotInstalledError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.catalog import Catalog

__all__ = ["Warehouse"]


@checked_methods
class Warehouse:
    """The tables of one environment: in one Glue database, with their files in one bucket.

    Safe to share between threads.

    Args:
        manifest: The manifest of the environment.
        session: The AWS clients.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._features = manifest.features
        self._session = session
        self._catalog: Catalog | None = None
        self._lock = threading.Lock()

    @property
    def database(self) -> str:
        """Glue database of all tables; the namespace in `catalog`, the schema in SQL."""
        return self._features.catalog_database

    @property
    def catalog(self) -> "Catalog":
        """PyIceberg's catalog of the tables.

        It is always the same object. It and its tables can be kept: every file is opened with the credentials that
        boto3 has at that moment.

        Raises:
            EngineNotInstalledError: PyIceberg is not installed.
            CredentialsNotFoundError: There are no AWS credentials.
            CredentialsExpiredError: The credentials have expired, and boto3 cannot renew them.

        Example:
            >>> lab.warehouse.catalog.load_table((lab.warehouse.database, lab.warehouse.table_name("telco.customers")))
        """
        with translate_errors("open the warehouse"), self._lock:
            if self._catalog is None:
                self._catalog = _open_catalog(self._features, session=self._session)
            return self._catalog

    def query(
        self, sql: str, *, parameters: Sequence[object] = (), timeout: Seconds | None = None
    ) -> "pa.Table":
        """Run an SQL statement in Athena, and return the result.

        Args:
            sql: One statement. Tables without a database are those of the warehouse.
            parameters: Values for its question marks, in order: text, numbers, booleans, dates, datetimes, bytes, None.
            timeout: Seconds after which the query is cancelled. Default: Athena's own limit of 30 minutes.

        Returns:
            The rows, with typed columns. Times with a zone are in UTC; arrays, maps, rows and JSON are text, and so are
            the lists of SHOW and DESCRIBE. A statement that writes (INSERT, DELETE, UPDATE, MERGE, UNLOAD, CREATE TABLE
            AS SELECT) returns one number, `rows`: how many rows it wrote or changed.

        Raises:
            QueryFailedError: Athena cannot run the statement; the error gives the reason and the position.
            ScanLimitExceededError: The query would read more than the workgroup allows.
            QueryTimeoutError: The query was not finished in time.
            QueryCancelledError: Somebody else cancelled the query.
            QueryParameterError: A parameter has no SQL literal, or one of more than 1,024 characters.
            EngineNotInstalledError: Arrow is not installed.
            AccessDeniedError: The role may not query.

        Example:
            >>> lab.warehouse.query("SELECT count(*) AS n FROM telco__customers WHERE churned = ?", parameters=[True])
        """
        from terrarium.warehouse._query import query

        return query(
            sql,
            parameters=parameters,
            timeout_seconds=timeout,
            features=self._features,
            session=self._session,
        )

    @staticmethod
    def table_name(dataset: str) -> str:
        """Return the name of the table that holds a dataset: `telco__customers` for `telco.customers`.

        Raises:
            DatasetNameError: The name is not valid for a dataset.

        Example:
            >>> lab.warehouse.table_name("telco.customers")
            'telco__customers'
        """
        return table_names.table_name(dataset)

    @staticmethod
    def dataset_name(table: str) -> str:
        """Return the name of the dataset that a table holds.

        Raises:
            DatasetNameError: The table's name does not belong to a dataset.

        Example:
            >>> lab.warehouse.dataset_name("telco__customers")
            'telco.customers'
        """
        return table_names.dataset_name(table)


def _open_catalog(features: FeatureStore, *, session: Session) -> "Catalog":
    """Return the catalog of an environment's tables.

    Args:
        features: Location of the tables.
        session: The AWS clients and credentials.

    Raises:
        EngineNotInstalledError: PyIceberg or Arrow is not installed.
        botocore.exceptions.NoCredentialsError: There are no AWS credentials.
    """
    try:
        with gc_paused():
            from terrarium.warehouse._session_catalog import SessionCatalog
    except ImportError as error:
        raise EngineNotInstalledError(
            f"tables need PyIceberg and Arrow, which are not installed: {error}",
            remedy=INSTALL_SDK,
        ) from error
    return SessionCatalog(features, session=session)
