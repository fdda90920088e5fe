"""PyIceberg's Glue catalog, as the very identity that boto3 is."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from terrarium.aws import Session
from terrarium.collector import heavy_imports
from terrarium.manifest import FeatureStore
from terrarium.warehouse.errors import EngineNotInstalledError

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from pyiceberg.catalog import Catalog

__all__ = ["open_catalog"]

_AWS = (".amazonaws.com", ".amazonaws.com.cn")


def open_catalog(
    features: FeatureStore, *, session: Session, credentials: "ReadOnlyCredentials"
) -> "Catalog":
    """A catalog whose calls go through the session's Glue client, and whose files where its S3 client goes.

    Args:
        features: Where the tables are.
        session: The AWS clients.
        credentials: What files are read and written with.
    """
    try:
        with heavy_imports():
            import pyarrow  # noqa: F401 - PyIceberg asks for it only when the first file is read
            from pyiceberg.catalog.glue import GlueCatalog
    except ImportError as error:
        raise EngineNotInstalledError(
            f"tables need PyIceberg and Arrow, which are not installed: {error}",
            remedy='pip install "terrarium-ml[features]"',
        ) from error
    return GlueCatalog(
        features.catalog_database,
        client=session.client("glue"),
        warehouse=features.warehouse,
        **_file_access(session, credentials),
    )


def _file_access(session: Session, credentials: "ReadOnlyCredentials") -> dict[str, str]:
    s3 = session.client("s3").meta
    # An emulator on loopback has one name for all buckets; AWS, one for each.
    by_host = (urlsplit(s3.endpoint_url).hostname or "").endswith(_AWS)
    access = {
        "s3.endpoint": s3.endpoint_url,
        "s3.region": s3.region_name,
        "s3.force-virtual-addressing": str(by_host).lower(),
        "s3.access-key-id": credentials.access_key,
        "s3.secret-access-key": credentials.secret_key,
    }
    return access | ({"s3.session-token": credentials.token} if credentials.token else {})
