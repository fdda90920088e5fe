"""The warehouse: Iceberg tables in the environment's Glue catalog, and SQL by Athena.

Store: the connection, services, the lab and faces may import it.
"""

from terrarium.warehouse.errors import (
    DatasetNameError,
    EngineNotInstalledError,
    ForeignFilesError,
    QueryCancelledError,
    QueryFailedError,
    QueryParameterError,
    QueryTimeoutError,
    ScanLimitExceededError,
)
from terrarium.warehouse.service import Warehouse

__all__ = [
    "DatasetNameError",
    "EngineNotInstalledError",
    "ForeignFilesError",
    "QueryCancelledError",
    "QueryFailedError",
    "QueryParameterError",
    "QueryTimeoutError",
    "ScanLimitExceededError",
    "Warehouse",
]
