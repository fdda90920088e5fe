"""MLflow's tracking store on the metadata database and the artifact bucket of an environment."""

from typing import TYPE_CHECKING

from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

from terrarium.metadata.mlflow_schema import check_schema

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from terrarium.lab import Lab

__all__ = ["TrackingStore"]


class TrackingStore(SqlAlchemyStore):
    """Runs in the database, as its writer; their artifacts below the bucket's `experiments_prefix`.

    The schema is the deployer's matter: where it is not the one this MLflow wants, an error says so, and nothing is
    made or migrated.
    """

    def __init__(self, lab: "Lab", *, store_uri: str) -> None:
        self._writer = lab.metadata.writer
        check_schema(self._writer, lab.environment)
        artifacts = lab.manifest.artifacts
        super().__init__(  # type: ignore[no-untyped-call]
            db_uri=self._writer.url.render_as_string(),
            default_artifact_root=f"s3://{artifacts.bucket}/{artifacts.experiments_prefix}".rstrip("/"),
        )
        self.db_uri = store_uri

    # A class method there, since it caches engines by URL; ours belongs to the lab.
    def _get_or_create_engine(self, db_uri: str) -> "Engine":  # type: ignore[override]  # noqa: ARG002
        return self._writer
