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
    """The tables of one environment: all of them in one Glue database, all of their files in one bucket.

    Safe to share between threads.

    Args:
        manifest: What the environment exposes.
        session: The AWS clients.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._features = manifest.features
        self._session = session
        self._catalog: Catalog | None = None
        self._lock = threading.Lock()

    @property
    def database(self) -> str:
        """The Glue database of all tables; the namespace in `catalog`, the schema in SQL."""
        return self._features.catalog_database

    @property
    def catalog(self) -> "Catalog":
        """PyIceberg's catalog; a table is `catalog.load_table((database, table_name("telco.customers")))`.

        Always the same object. It and its tables can be kept: they open every file with the credentials that boto3
        has at that moment.

        Raises:
            EngineNotInstalledError: PyIceberg is not installed.
            CredentialsNotFoundError: There are no AWS credentials.
            CredentialsExpiredError: The credentials have expired, and boto3 cannot renew them.
        """
        with translate_errors("open the warehouse"), self._lock:
            if self._catalog is None:
                self._catalog = _open_catalog(self._features, session=self._session)
            return self._catalog

    def query(
        self, sql: str, *, parameters: Sequence[object] = (), timeout: Seconds | None = None
    ) -> "pa.Table":
        """Have Athena run a statement of its SQL, and read the result.

            lab.warehouse.query("SELECT count(*) AS n FROM telco__customers WHERE churned = ?", parameters=[True])

        Args:
            sql: One statement. Tables without a database are the warehouse's.
            parameters: For its question marks, in order: text, numbers, booleans, dates, datetimes, bytes, None.
            timeout: Seconds after which the query is cancelled; None to wait as long as it takes (Athena's own limit
                is 30 minutes).

        Returns:
            The rows, each column of its type; moments with a zone are in UTC, and arrays, maps, rows and JSON are
            text. What SHOW and DESCRIBE list is text. A statement that writes (INSERT, DELETE, UPDATE, MERGE, UNLOAD,
            CREATE TABLE AS SELECT) returns one number, `rows`: how many rows it wrote or changed.

        Raises:
            QueryFailedError: Athena cannot answer it; says why, and where in the statement.
            ScanLimitExceededError: It would read more than the workgroup allows.
            QueryTimeoutError: It was not done in time.
            QueryCancelledError: Somebody else cancelled it.
            QueryParameterError: A parameter has no literal in SQL, or one of more than 1,024 characters.
            EngineNotInstalledError: Arrow is not installed.
            AccessDeniedError: The role may not query.
        """
        from terrarium.warehouse.query import query

        return query(
            sql,
            parameters=parameters,
            timeout_seconds=timeout,
            features=self._features,
            session=self._session,
        )

    @staticmethod
    def table_name(dataset: str) -> str:
        """The name of the table that holds `dataset`: `telco__customers` for `telco.customers`.

        Raises:
            DatasetNameError: It is no name of a dataset.
        """
        return table_names.table_name(dataset)

    @staticmethod
    def dataset_name(table: str) -> str:
        """The name of the dataset that `table` holds.

        Raises:
            DatasetNameError: No dataset has a table of that name.
        """
        return table_names.dataset_name(table)


def _open_catalog(features: FeatureStore, *, session: Session) -> "Catalog":
    """Return the catalog of an environment's tables.

    Args:
        features: Where the tables are.
        session: The AWS clients and credentials.

    Raises:
        EngineNotInstalledError: PyIceberg or Arrow is not installed.
        botocore.exceptions.NoCredentialsError: There are no AWS credentials.
    """
    try:
        with gc_paused():
            from terrarium.warehouse.session_catalog import SessionCatalog
    except ImportError as error:
        raise EngineNotInstalledError(
            f"tables need PyIceberg and Arrow, which are not installed: {error}",
            remedy=INSTALL_SDK,
        ) from error
    return SessionCatalog(features, session=session)
