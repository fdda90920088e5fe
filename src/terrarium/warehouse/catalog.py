"""PyIceberg's Glue catalog for the identity that boto3 has."""

from typing import TYPE_CHECKING

from terrarium.aws import Session
from terrarium.gc_tuning import gc_paused
from terrarium.manifest import FeatureStore
from terrarium.sdk_source import INSTALL_SDK
from terrarium.warehouse.errors import EngineNotInstalledError

if TYPE_CHECKING:
    from pyiceberg.catalog import Catalog

__all__ = ["open_catalog"]


def open_catalog(features: FeatureStore, *, session: Session) -> "Catalog":
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
