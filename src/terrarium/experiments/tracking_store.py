"""MLflow's tracking store on the metadata database and the artifact bucket of an environment."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlflow.entities import LifecycleStage
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.utils.validation import _validate_metric

from terrarium.experiments.errors import ArtifactLocationRefusedError
from terrarium.metadata.metric_samples import Point, insert_points
from terrarium.metadata.mlflow_schema import check_schema

if TYPE_CHECKING:
    from mlflow.entities import ExperimentTag, Metric
    from sqlalchemy import Engine

    from terrarium.connection import Connection

__all__ = ["TrackingStore"]


class TrackingStore(SqlAlchemyStore):
    """Runs in the database, as its writer; their artifacts below the bucket's `experiments_prefix`.

    The schema is the deployer's matter: where it is not the one this MLflow wants, an error says so, and nothing is
    made or migrated.

    Args:
        connection: The environment.
        store_uri: By which MLflow knows it.
        engine: The user of the database; omitted, its writer.
    """

    def __init__(self, connection: "Connection", *, store_uri: str, engine: "Engine | None" = None) -> None:
        self._user = engine or connection.database.writer
        check_schema(self._user, connection.environment)
        artifacts = connection.manifest.artifacts
        super().__init__(  # type: ignore[no-untyped-call]
            db_uri=self._user.url.render_as_string(),
            default_artifact_root=f"s3://{artifacts.bucket}/{artifacts.experiments_prefix}".rstrip("/"),
        )
        self.db_uri = store_uri

    # A class method there, since it caches engines by URL; this one belongs to the connection.
    def _get_or_create_engine(self, db_uri: str) -> "Engine":  # type: ignore[override]  # noqa: ARG002
        return self._user

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: "list[ExperimentTag] | None" = None
    ) -> str:
        """Create an experiment whose artifacts go to the environment's bucket.

        Raises:
            ArtifactLocationRefusedError: The location is elsewhere: nobody else could read the artifacts there, and
                nothing would free, encrypt or lock them.
        """
        root = self.artifact_root_uri
        if artifact_location and not f"{artifact_location.rstrip('/')}/".startswith(f"{root}/"):
            raise ArtifactLocationRefusedError(
                f"experiment {name!r} cannot keep its artifacts at {artifact_location!r}",
                remedy=f"leave artifact_location out, or name one below {root}/",
            )
        created: str = super().create_experiment(name, artifact_location, tags)  # type: ignore[no-untyped-call]
        return created

    # The hot path: behind log_metric and log_batch. MLflow's makes objects of every point, and reads the whole run.
    def _log_metrics_once(self, run_id: str, metrics: "Sequence[Metric]") -> None:
        for index, metric in enumerate(metrics):
            where = f"metrics[{index}]" if len(metrics) > 1 else ""
            _validate_metric(metric.key, metric.value, metric.timestamp, metric.step, path=where)
        points = [Point(metric.key, float(metric.value), metric.timestamp, metric.step) for metric in metrics]
        with self.ManagedSessionMaker(read_only=False) as session:
            connection = session.connection()
            stage = connection.exec_driver_sql(_LIFECYCLE_STAGE, (run_id,)).scalar()
            if stage != LifecycleStage.ACTIVE:
                raise _not_active(run_id, stage)
            insert_points(connection, run_id, points)


_LIFECYCLE_STAGE = "SELECT lifecycle_stage FROM runs WHERE run_uuid = %s"


def _not_active(run_id: str, stage: str | None) -> MlflowException:
    if stage is None:
        return MlflowException(f"Run with id={run_id} not found", RESOURCE_DOES_NOT_EXIST)
    return MlflowException(
        f"The run {run_id} must be in the 'active' state. Current state is {stage}.", INVALID_PARAMETER_VALUE
    )
