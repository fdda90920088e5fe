"""`StepLab`: the environment that a step's function receives."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from terrarium.artifacts import Artifacts
    from terrarium.aws import Session
    from terrarium.compute.service import Compute
    from terrarium.connection import Connection
    from terrarium.datasets import Datasets
    from terrarium.experiments import Experiment, Experiments
    from terrarium.features import Features
    from terrarium.manifest import PlatformManifest
    from terrarium.metadata import Database
    from terrarium.models import Models
    from terrarium.record import UseCase
    from terrarium.warehouse import Warehouse

__all__ = ["StepLab"]


class StepLab(Protocol):
    """The environment that a step's function receives; a `terrarium.Lab` is one.

    Use it to annotate helper functions of steps: `def kept_cases(lab: terrarium.StepLab, name: str)`.
    """

    @property
    def environment(self) -> str:
        """Name of the environment."""
        ...

    @property
    def connection(self) -> "Connection":
        """The manifest, the AWS session and the database."""
        ...

    @property
    def manifest(self) -> "PlatformManifest":
        """The resources of the environment."""
        ...

    @property
    def session(self) -> "Session":
        """The AWS clients."""
        ...

    @property
    def tracking_uri(self) -> str:
        """MLflow's tracking URI."""
        ...

    @property
    def artifacts(self) -> "Artifacts":
        """Files and folders in the environment's bucket."""
        ...

    @property
    def compute(self) -> "Compute":
        """The pools that jobs run in."""
        ...

    @property
    def metadata(self) -> "Database":
        """The database behind experiments and models."""
        ...

    @property
    def experiments(self) -> "Experiments":
        """All experiments of the environment."""
        ...

    @property
    def datasets(self) -> "Datasets":
        """All datasets of the environment."""
        ...

    @property
    def warehouse(self) -> "Warehouse":
        """The tables of datasets and features."""
        ...

    @property
    def features(self) -> "Features":
        """Feature views, training sets, and features online."""
        ...

    @property
    def models(self) -> "Models":
        """The model registry."""
        ...

    def experiment(self, use_case: "UseCase | str") -> "Experiment":
        """Return the experiment of a use case, or the one of a name."""
        ...
