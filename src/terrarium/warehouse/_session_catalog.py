"""PyIceberg's Glue catalog and file access, with the current credentials of the session.

Imported late, because PyIceberg and Arrow take long to import.
"""

import logging
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.io.pyarrow import PyArrowFileIO

from terrarium.aws import Session, translate_errors
from terrarium.manifest import FeatureStore
from terrarium.warehouse.errors import ForeignFilesError
from terrarium.warehouse.table_files import check_own_files, files_of_table, table_folder

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from pyarrow.fs import FileSystem
    from pyiceberg.io import FileIO
    from pyiceberg.typedef import Identifier, Properties

__all__ = ["SessionCatalog"]

_AWS = (".amazonaws.com", ".amazonaws.com.cn")
_log = logging.getLogger(__name__)


class SessionCatalog(GlueCatalog):
    """A catalog that calls Glue with the session's client, and whose tables use renewed credentials.

    Args:
        features: Location of the tables.
        session: The AWS clients and credentials.
    """

    def __init__(self, features: FeatureStore, *, session: Session) -> None:
        self._session = session
        self._warehouse = features.warehouse
        super().__init__(
            features.catalog_database,
            client=session.client("glue"),
            warehouse=features.warehouse,
            **_file_access(session, session.credentials()),
        )

    def _load_file_io(self, properties: "Properties | None" = None, location: str | None = None) -> "FileIO":  # noqa: ARG002 - PyIceberg's signature
        access = _file_access(self._session, self._session.credentials())
        return SessionFileIO({**self.properties, **access, **(properties or {})}, session=self._session)

    def purge_table(self, identifier: "str | Identifier") -> None:
        """Drop a table, and delete its files.

        Raises:
            ForeignFilesError: Its metadata names files outside of its folder; nothing was deleted.
        """
        # PyIceberg's own implementation deletes any path that the metadata names, on any file system.
        table = self.load_table(identifier)
        name = table.name()[-1]
        files = files_of_table(table)
        check_own_files(name, files, folder=table_folder(self._warehouse, name))
        self.drop_table(identifier)
        for file in sorted(files):
            try:
                table.io.delete(file)
            except OSError as error:  # a file that stays only costs storage
                _log.warning("could not delete %s, which nothing refers to: %s", file, error)


class SessionFileIO(PyArrowFileIO):
    """File access of tables, which opens each file with the session's current credentials.

    PyIceberg passes credentials to Arrow once, when a table is loaded. A table that is kept longer than the credentials
    are valid could not be read any more.

    Args:
        properties: Properties of PyIceberg's FileIO.
        session: The AWS clients and credentials.
    """

    def __init__(self, properties: "Properties", *, session: Session) -> None:
        super().__init__(properties)
        self._session = session
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str | None], FileSystem] = {}
        self._opened_with: ReadOnlyCredentials | None = None
        self.fs_by_scheme = self._file_system  # PyIceberg's own caches each file system without limit of time

    def _file_system(self, scheme: str, netloc: str | None = None) -> "FileSystem":
        if scheme != "s3":
            raise ForeignFilesError(
                f"a table names a file on file system {scheme!r}; tables of the warehouse are in S3 only",
                remedy="find out who committed to the table: lab.datasets.get(name).versions()",
            )
        with self._lock, translate_errors("open the files of a table"):
            credentials = self._session.credentials()
            if credentials != self._opened_with:
                self.properties.update(_file_access(self._session, credentials))
                self._open, self._opened_with = {}, credentials
            if (scheme, netloc) not in self._open:
                self._open[scheme, netloc] = self._initialize_fs(scheme, netloc)
            return self._open[scheme, netloc]


def _file_access(session: Session, credentials: "ReadOnlyCredentials") -> dict[str, str | None]:
    s3 = session.client("s3").meta
    # An emulator on loopback has one host name for all buckets; AWS has one per bucket.
    by_host = (urlsplit(s3.endpoint_url).hostname or "").endswith(_AWS)
    return {
        "s3.endpoint": s3.endpoint_url,
        "s3.region": s3.region_name,
        "s3.force-virtual-addressing": str(by_host).lower(),
        "s3.access-key-id": credentials.access_key,
        "s3.secret-access-key": credentials.secret_key,
        "s3.session-token": credentials.token,
    }
