"""`Registry`: MLflow's registry and runs of one environment, with the queries that `lab.models` needs."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.metadata.advisory_lock import advisory_lock
from terrarium.models._tags import CHAMPION
from terrarium.models.errors import ModelNotFoundError
from terrarium.models.reference import ModelReference
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from mlflow.entities.model_registry import RegisteredModel
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as MlflowRegistry
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as MlflowTracking

    from terrarium.connection import Connection
    from terrarium.models.registry_store import RegistryStore

__all__ = ["Registry"]


class Registry:
    """The registered models of one environment.

    Args:
        connection: The environment.
    """

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    @cached_property
    def reading(self) -> "MlflowRegistry":
        """The store of models on the reader of the database, which is a replica if there is one."""
        from terrarium.models.registry_store import RegistryStore

        return RegistryStore(
            self._connection, store_uri=self._connection.tracking_uri, engine=self._connection.database.reader
        )

    @cached_property
    def writing(self) -> "RegistryStore":
        """The store of models on the writer of the database."""
        from terrarium.models.registry_store import RegistryStore

        return RegistryStore(self._connection, store_uri=self._connection.tracking_uri)

    @cached_property
    def runs(self) -> "MlflowTracking":
        """The store of runs on the reader of the database."""
        from terrarium.experiments.tracking_store import TrackingStore

        return TrackingStore(
            self._connection, store_uri=self._connection.tracking_uri, engine=self._connection.database.reader
        )

    @cached_property
    def recording(self) -> "MlflowTracking":
        """The store of runs on the writer of the database."""
        from terrarium.experiments.tracking_store import TrackingStore

        return TrackingStore(self._connection, store_uri=self._connection.tracking_uri)

    def models(self) -> "Iterator[RegisteredModel]":
        """Yield all registered models, by name."""
        token = None
        while True:
            page = self.reading.search_registered_models(order_by=["name"], page_token=token)
            yield from page
            token = page.token
            if not token:
                return

    def model(self, name: str) -> "RegisteredModel":
        """Return a registered model.

        Raises:
            ModelNotFoundError: The registry has no model with this name.
        """
        from mlflow.exceptions import MlflowException

        try:
            found: RegisteredModel = self.reading.get_registered_model(name)
        except MlflowException as error:
            raise self._not_found(
                f"model {name!r}", remedy="list the models: terrarium models list"
            ) from error
        return found

    def versions(self, where: str, *, latest: bool = False) -> Iterator[ModelVersion]:
        """Yield the versions that match MLflow's filter, the newest first.

        Args:
            where: The filter, e.g. `name = 'churn'`.
            latest: Whether to read from the writer, because a replica may lag behind.
        """
        store: MlflowRegistry = self.writing if latest else self.reading
        token = None
        while True:
            page = store.search_model_versions(where, order_by=["version_number DESC"], page_token=token)
            yield from map(ModelVersion.of, page)
            token = page.token
            if not token:
                return

    def resolve(self, reference: str | ModelReference) -> ModelVersion:
        """Return the version that a reference currently resolves to.

        Raises:
            ModelNameError: The text is not a reference.
            ModelNotFoundError: The registry has no such version.
        """
        from mlflow.exceptions import MlflowException

        asked = ModelReference.parse(reference) if isinstance(reference, str) else reference
        try:
            if asked.version is None:
                found = self.reading.get_model_version_by_alias(asked.name, asked.alias)
            else:
                found = self.reading.get_model_version(asked.name, asked.version)
        except MlflowException as error:
            raise self._not_found(str(asked), remedy=self._names_near(asked.name)) from error
        return ModelVersion.of(found)

    def _names_near(self, name: str) -> str:
        names = [model.name for model in self.models()]
        if name in names:
            return f"`terrarium models list {name}` lists its versions and aliases"
        close = difflib.get_close_matches(name, names, n=1)
        return (f"did you mean {close[0]!r}? " if close else "") + "`terrarium models list` lists the models"

    def champion(self, name: str) -> ModelVersion | None:
        """Return the current champion of a model, if there is one."""
        try:
            return self.resolve(ModelReference(name, None, CHAMPION))
        except ModelNotFoundError:
            return None

    def create(
        self, name: str, *, source: str, run: str, description: str, tags: dict[str, str]
    ) -> ModelVersion:
        """Create a version, and the registered model if it does not exist. The caller must hold `lock`."""
        from mlflow.entities.model_registry import ModelVersionTag
        from mlflow.exceptions import MlflowException

        store: MlflowRegistry = self.writing
        try:
            store.get_registered_model(name)
        except MlflowException:
            store.create_registered_model(name)
        made = store.create_model_version(
            name,
            source,
            run_id=run,
            description=description,
            tags=[ModelVersionTag(tag, value) for tag, value in tags.items()],
        )
        return ModelVersion.of(made)

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the lock for creating versions of this model. PostgreSQL releases it if the process ends."""
        with advisory_lock(self._connection.database.writer, f"model.{name}"):
            yield

    def _not_found(self, what: str, *, remedy: str) -> ModelNotFoundError:
        return ModelNotFoundError(
            f"the registry of {self._connection.environment!r} has no {what}", remedy=remedy
        )
