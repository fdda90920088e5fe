"""MLflow's access to artifacts in an environment's buckets, with the session of the connection.

MLflow's own repository for `s3://` always uses boto3's default session.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mlflow
from mlflow.store.artifact import artifact_repository_registry
from mlflow.store.artifact.s3_artifact_repo import S3ArtifactRepository

from terrarium.connection import SCHEME, connection_of

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["register_artifact_repository"]


class ArtifactRepository(S3ArtifactRepository):
    """MLflow's repository for `s3://`, with the connection's session for buckets of its environment.

    Args:
        artifact_uri: An `s3://` address.
        tracking_uri: The tracking URI that the artifact belongs to. Default: the one that is set for the process.
        registry_uri: Not used.
    """

    def __init__(
        self, artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
    ) -> None:
        super().__init__(artifact_uri, tracking_uri=tracking_uri, registry_uri=registry_uri)
        self._connection = _connection_for(artifact_uri, tracking_uri or mlflow.get_tracking_uri())

    def _get_s3_client(self) -> Any:
        if self._connection is None:
            return super()._get_s3_client()  # type: ignore[no-untyped-call]
        return self._connection.session.client("s3")


def register_artifact_repository() -> None:
    """Have MLflow use `ArtifactRepository` for `s3://` addresses in this process. Safe to repeat."""
    # The name has an underscore; `register` is documented for plug-ins of other packages.
    registry = artifact_repository_registry._artifact_repository_registry
    if registry.get_registered_artifact_repositories().get("s3") is S3ArtifactRepository:
        registry.register("s3", ArtifactRepository)


def _connection_for(artifact_uri: str, tracking_uri: str) -> "Connection | None":
    if urlsplit(tracking_uri).scheme != SCHEME:
        return None
    connection = connection_of(tracking_uri)
    artifacts, registry = connection.manifest.artifacts, connection.manifest.registry_or_none
    own = {artifacts.bucket, *((registry.bucket,) if registry else ())}
    return connection if urlsplit(artifact_uri).netloc in own else None
