"""What MLflow finds by entry point, and loads whenever it is imported; so nothing heavy is imported here."""

import os
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from terrarium.gc_tuning import gc_paused

if TYPE_CHECKING:
    from terrarium.lab import Lab
    from terrarium.models.registry_store import RegistryStore
    from terrarium.tracking.tracking_store import TrackingStore

__all__ = ["SCHEME", "lab_of", "registry_store", "tracking_store", "tracking_uri"]

SCHEME = "terrarium"

# MLflow decides about its telemetry at the end of its import, which is after it loaded this module.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def tracking_uri(environment: str) -> str:
    """The tracking and registry URI of `environment`."""
    return f"{SCHEME}://{environment}"


def tracking_store(store_uri: str, artifact_uri: str | None = None) -> "TrackingStore":  # noqa: ARG001 - the environment decides where artifacts go
    """The tracking store behind `terrarium://<environment>`."""
    with gc_paused():
        from terrarium.tracking.tracking_store import TrackingStore

    return TrackingStore(lab_of(store_uri), store_uri=store_uri)


def registry_store(store_uri: str) -> "RegistryStore":
    """The model registry behind `terrarium://<environment>`."""
    with gc_paused():
        from terrarium.models.registry_store import RegistryStore

    return RegistryStore(lab_of(store_uri), store_uri=store_uri)


def lab_of(store_uri: str) -> "Lab":
    """The lab behind `terrarium://<environment>`, one per process: all that is recorded shares its connections."""
    # `terrarium://` alone means, as `connect()` does, the environment of the job we are in.
    return _connected(urlsplit(store_uri).netloc or None)


@cache
def _connected(environment: str | None) -> "Lab":
    from terrarium.connection import open_lab

    return open_lab(environment)
