"""MLflow's entry points for `terrarium://` URIs; loaded when MLflow is imported, so it imports nothing heavy."""

import os
from typing import TYPE_CHECKING

from terrarium.gc_tuning import gc_paused

if TYPE_CHECKING:
    from terrarium.experiments.tracking_store import TrackingStore
    from terrarium.models.registry_store import RegistryStore

__all__ = ["registry_store", "tracking_store"]

# MLflow decides about its telemetry at the end of its import, which is after it loaded this module.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def tracking_store(store_uri: str, artifact_uri: str | None = None) -> "TrackingStore":  # noqa: ARG001 - the environment decides where artifacts go
    """Return the tracking store behind a `terrarium://` URI."""
    with gc_paused():
        from terrarium.connection import connection_of
        from terrarium.experiments.tracking_store import TrackingStore
        from terrarium.tracking._artifact_repository import register_artifact_repository

    register_artifact_repository()
    return TrackingStore(connection_of(store_uri), store_uri=store_uri)


def registry_store(store_uri: str) -> "RegistryStore":
    """Return the model registry behind a `terrarium://` URI."""
    with gc_paused():
        from terrarium.connection import connection_of
        from terrarium.models.registry_store import RegistryStore

    return RegistryStore(connection_of(store_uri), store_uri=store_uri)
