"""MLflow's model registry on the metadata database of an environment."""

from typing import TYPE_CHECKING

from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore

from terrarium.metadata.mlflow_schema import check_schema

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from terrarium.lab import Lab

__all__ = ["RegistryStore"]


class RegistryStore(SqlAlchemyStore):
    """Registered models, versions and aliases, as the database's writer; the schema is the deployer's matter."""

    def __init__(self, lab: "Lab", *, store_uri: str) -> None:
        self._writer = lab.metadata.writer
        check_schema(self._writer, lab.environment)
        super().__init__(self._writer.url.render_as_string())  # type: ignore[no-untyped-call]
        self.db_uri = store_uri

    # A class method there, since it caches engines by URL; ours belongs to the lab.
    def _get_or_create_engine(self, db_uri: str) -> "Engine":  # type: ignore[override]  # noqa: ARG002
        return self._writer
