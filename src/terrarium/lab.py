"""`Lab`: one connected environment, and the door to everything in it."""

from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts
    from terrarium.compute.service import Compute
    from terrarium.datasets import Datasets
    from terrarium.experiments import Experiment, Experiments
    from terrarium.features import Features
    from terrarium.journal.sync import SyncReport
    from terrarium.metadata import Database
    from terrarium.models import Models
    from terrarium.pipelines import Pipelines
    from terrarium.record import UseCase
    from terrarium.warehouse import Warehouse

__all__ = ["Lab"]


@checked_methods
class Lab:
    """Every provisioned store of one environment, each resolved when it is first used.

    Made by `terrarium.connect`. Safe to share between threads.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._manifest = manifest
        self._session = session

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self._manifest.environment

    @property
    def manifest(self) -> PlatformManifest:
        """What the environment exposes."""
        return self._manifest

    @property
    def session(self) -> Session:
        """The AWS clients in use: `lab.session.client("s3")` is boto3's own."""
        return self._session

    @cached_property
    def artifacts(self) -> "Artifacts":
        """Files and folders in the environment's bucket."""
        from terrarium.artifacts import Artifacts

        return Artifacts(self._manifest.artifacts, session=self._session)

    @cached_property
    def compute(self) -> "Compute":
        """The pools that jobs run in."""
        from terrarium.compute.service import Compute

        return Compute(self._manifest, artifacts=self.artifacts, session=self._session)

    @cached_property
    def metadata(self) -> "Database":
        """The database behind experiments and models, as SQLAlchemy engines."""
        from terrarium.metadata import Database

        return Database(self._manifest, session=self._session)

    @cached_property
    def experiments(self) -> "Experiments":
        """All experiments of the environment.

        Raises:
            OtherSessionError: The lab has a session of its own, which MLflow knows nothing of.
        """
        from terrarium.experiments import Experiments

        self._session.check_default()
        return Experiments(self.metadata)

    @cached_property
    def datasets(self) -> "Datasets":
        """All datasets of the environment."""
        from terrarium.datasets import Datasets

        return Datasets(self)

    @cached_property
    def warehouse(self) -> "Warehouse":
        """The tables of datasets and features: an Iceberg catalog, and SQL by Athena."""
        from terrarium.warehouse import Warehouse

        return Warehouse(self._manifest, session=self._session)

    @cached_property
    def features(self) -> "Features":
        """Feature views, training sets as of each event's time, and features online."""
        from terrarium.features import Features

        return Features(
            self._manifest, session=self._session, database=self.metadata, warehouse=self.warehouse
        )

    @cached_property
    def pipelines(self) -> "Pipelines":
        """The pipelines that are deployed with the environment."""
        from terrarium.pipelines import Pipelines

        return Pipelines(self)

    def experiment(self, use_case: "UseCase | str") -> "Experiment":
        """The experiment of a use case, or the one of a name, whether it has runs yet or not."""
        return self.experiments.experiment(use_case)

    @cached_property
    def models(self) -> "Models":
        """The model registry: submit, find, load, promote."""
        from terrarium.models import Models

        return Models(self)

    def sync(self) -> "SyncReport":
        """Move to the database what dead processes of this machine, or its own absence, left in journals.

        Raises:
            EndpointUnreachableError: The database does not answer; everything stays where it is.
        """
        from terrarium.journal.sync import sync

        return sync(self)

    def __repr__(self) -> str:
        return f"<Lab {self.environment}: account {self._manifest.account}, {self._manifest.region}>"
