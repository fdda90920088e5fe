"""`connect` and `Lab`: the composition of every service from one connection."""

from functools import cached_property
from typing import TYPE_CHECKING

from terrarium.arguments import checked, checked_methods
from terrarium.aws import Session
from terrarium.connection import Connection, open_connection
from terrarium.manifest import PlatformManifest

if TYPE_CHECKING:
    from collections.abc import Iterable

    import boto3

    from terrarium.artifacts import Artifacts
    from terrarium.compute.service import Compute
    from terrarium.datasets import Datasets
    from terrarium.experiments import Experiment, Experiments
    from terrarium.extensions import Extensions
    from terrarium.features import Features
    from terrarium.journal.sync import SyncReport
    from terrarium.metadata import Database
    from terrarium.models import Models
    from terrarium.pipelines import Pipelines
    from terrarium.record import UseCase
    from terrarium.warehouse import Warehouse

__all__ = ["Lab", "connect"]


@checked
def connect(environment: str | None = None, *, session: "boto3.Session | None" = None) -> "Lab":
    """Connect to a deployed environment.

    Credentials, region and endpoint are found as boto3 finds them. The profile that `terrarium login` wrote for the
    environment is used if no variable, such as `AWS_PROFILE`, and no default session of boto3 selects others.

    Exactly one call is made: SSM GetParameter of `/terrarium/<environment>/manifest`. Everything else is resolved when
    it is first used. If a process of this machine died before the database had all its metrics, another process moves
    them there in the background.

    Args:
        environment: The name, as in `cdktf deploy <name>`. Default: the environment variable `TERRARIUM_ENVIRONMENT`,
            which is set in every job of the platform.
        session: The credentials and region to use. Default: boto3's default session. With sessions of their own, e.g.
            `boto3.Session(profile_name="prod")`, one process can use environments of several accounts; all that a lab
            does, recording runs included, is done with its session.

    Raises:
        EnvironmentNotNamedError: No name, and no `TERRARIUM_ENVIRONMENT`.
        EnvironmentNotDeployedError: There is no such environment in this account and region.
        CredentialsNotFoundError: There are no AWS credentials.
        CredentialsExpiredError: The AWS credentials have expired.
        CredentialsInvalidError: AWS does not accept the credentials.
        RegionNotFoundError: No region is configured.
        AccessDeniedError: The credentials may not read the manifest.
        EndpointUnreachableError: AWS, or the sandbox, does not answer.
        ManifestTooNewError: A newer Terrarium deployed the environment.
        ManifestMalformedError: The manifest does not have the format that its version states.

    Example:
        >>> lab = terrarium.connect("dev")
        >>> lab.experiment("churn").run()
    """
    from terrarium.journal.replay import replay_in_background

    lab = Lab(open_connection(environment, session=None if session is None else Session(session)))
    replay_in_background(lab.connection)
    return lab


@checked_methods
class Lab:
    """Every provisioned store of one environment, each resolved when it is first used.

    Made by `terrarium.connect`. Safe to share between threads.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """The manifest, the AWS session and the database that every service of this lab uses."""
        return self._connection

    @property
    def environment(self) -> str:
        """Name of the environment."""
        return self._connection.environment

    @property
    def manifest(self) -> PlatformManifest:
        """The resources of the environment."""
        return self._connection.manifest

    @property
    def session(self) -> Session:
        """The AWS clients in use: `lab.session.client("s3")` is boto3's own."""
        return self._connection.session

    @property
    def tracking_uri(self) -> str:
        """MLflow's tracking URI of this lab, for plain MLflow code: `mlflow.set_tracking_uri(lab.tracking_uri)`."""
        return self._connection.tracking_uri

    @cached_property
    def artifacts(self) -> "Artifacts":
        """Files and folders in the environment's bucket."""
        from terrarium.artifacts import Artifacts

        return Artifacts(self.manifest.artifacts, session=self.session)

    @cached_property
    def compute(self) -> "Compute":
        """The pools that jobs run in."""
        from terrarium.compute.service import Compute

        return Compute(self._connection, artifacts=self.artifacts)

    @property
    def metadata(self) -> "Database":
        """The database behind experiments and models, as SQLAlchemy engines."""
        return self._connection.database

    @cached_property
    def experiments(self) -> "Experiments":
        """All experiments of the environment."""
        from terrarium.experiments import Experiments

        return Experiments(self._connection, check_recorded=self._check_recorded)

    @cached_property
    def datasets(self) -> "Datasets":
        """All datasets of the environment."""
        from terrarium.datasets import Datasets

        return Datasets(
            self._connection,
            artifacts=self.artifacts,
            warehouse=self.warehouse,
            views_of=lambda dataset: [
                found.view.name for found in self.features.search() if found.view.source == dataset
            ],
        )

    @cached_property
    def warehouse(self) -> "Warehouse":
        """The tables of datasets and features: an Iceberg catalog, and SQL by Athena."""
        from terrarium.warehouse import Warehouse

        return Warehouse(self.manifest, session=self.session)

    @cached_property
    def features(self) -> "Features":
        """Feature views, training sets as of each event's time, and features online."""
        from terrarium.features import Features

        return Features(self._connection, warehouse=self.warehouse)

    @cached_property
    def pipelines(self) -> "Pipelines":
        """The pipelines that are deployed with the environment."""
        from terrarium.pipelines import Pipelines

        return Pipelines(self._connection, artifacts=self.artifacts, compute=lambda: self.compute)

    @cached_property
    def extensions(self) -> "Extensions":
        """The values of your company's own constructs in the environment, by the name of the extension."""
        from terrarium.extensions import Extensions

        return Extensions(self.manifest.extensions or {}, environment=self.environment)

    def experiment(self, use_case: "UseCase | str") -> "Experiment":
        """Return the experiment of a use case, or the one of a name, whether it has runs yet or not."""
        return self.experiments.experiment(use_case)

    @cached_property
    def models(self) -> "Models":
        """The model registry: submit, find, load, promote."""
        from terrarium.models import Models

        return Models(self._connection, warehouse=lambda: self.warehouse)

    def sync(self) -> "SyncReport":
        """Move metrics that dead processes of this machine left in journals to the database, and end their runs.

        Raises:
            EndpointUnreachableError: The database does not answer; everything stays where it is.
        """
        from terrarium.journal.sync import sync

        return sync(self._connection)

    def _check_recorded(self, versions: "Iterable[tuple[str, int | None]]") -> None:
        from terrarium.datasets.version_lock import check_recorded

        if self.manifest.features_or_none is None:
            return  # the environment has no dataset whose versions could expire
        check_recorded(self._connection.database, self.warehouse, versions)

    def __repr__(self) -> str:
        return f"<Lab {self.environment}: account {self.manifest.account}, {self.manifest.region}>"
