"""`Release`: the document that holds everything that a promotion has to know of a submitted version."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict

from terrarium.artifacts import ArtifactRef
from terrarium.models.gate_report import GateReport
from terrarium.models.version import ModelVersion, Origin
from terrarium.record.non_finite import Number

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput, Run

__all__ = ["Release", "ReleasedDataset", "ReleasedRun"]


class ReleasedDataset(BaseModel):
    """A dataset that the run read; MLflow's dataset input.

    Attributes:
        name: Name of the dataset.
        digest: Version of the dataset.
        source_type: MLflow's kind of source.
        source: Where the data lies, as MLflow writes it.
        data_schema: MLflow's schema of the data.
        profile: MLflow's statistics of the data.
        tags: Tags of the input, e.g. the part of the split.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    digest: str
    source_type: str
    source: str
    data_schema: str | None
    profile: str | None
    tags: dict[str, str]

    @classmethod
    def of(cls, given: "DatasetInput") -> Self:
        """Return the dataset of MLflow's dataset input."""
        dataset = given.dataset
        return cls(
            name=dataset.name,
            digest=dataset.digest,
            source_type=dataset.source_type,
            source=dataset.source,
            data_schema=dataset.schema,
            profile=dataset.profile,
            tags={tag.key: tag.value for tag in given.tags},
        )


class ReleasedRun(BaseModel):
    """The run that made the model, as it was when the model was submitted.

    Attributes:
        id: MLflow's id of the run.
        name: Name of the run.
        experiment: Name of its experiment.
        user: The user that MLflow recorded.
        status: MLflow's status.
        started: Milliseconds since 1970.
        ended: Milliseconds since 1970.
        params: Hyperparameters.
        metrics: The last value of each metric.
        tags: MLflow's tags.
        datasets: The datasets that the run read.
    """

    # Metrics may be NaN or infinite: JSON has no such numbers, and pydantic reads them from strings.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    id: str
    name: str | None
    experiment: str
    user: str | None
    status: str
    started: int
    ended: int | None
    params: dict[str, str]
    metrics: dict[str, Number]
    tags: dict[str, str]
    datasets: tuple[ReleasedDataset, ...]

    @classmethod
    def of(cls, run: "Run", *, experiment: str) -> Self:
        """Return the run of MLflow's run."""
        inputs = run.inputs.dataset_inputs if run.inputs else []
        return cls(
            id=run.info.run_id,
            name=run.info.run_name,
            experiment=experiment,
            user=run.info.user_id,
            status=run.info.status,
            started=run.info.start_time,
            ended=run.info.end_time,
            params=dict(sorted(run.data.params.items())),
            metrics=dict(sorted(run.data.metrics.items())),
            tags=dict(sorted(run.data.tags.items())),
            datasets=tuple(ReleasedDataset.of(given) for given in inputs),
        )


class Release(BaseModel):
    """A submitted version, without what changes later: its aliases and approvals.

    Attributes:
        format: Format of this document.
        environment: The environment that released the version.
        account: AWS account of that environment.
        name: Name of the registered model.
        version: Number of the version in that environment.
        description: Description of the version.
        package: The package in the registry's bucket; its digest pins every file.
        submitted_by: ARN.
        data_as_of: When the newest snapshot of the training data was made, if that is known.
        gates: What the environment's gates said.
        origins: The environments that the version came through, the first one first.
        run: The run that made the model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    environment: str
    account: str
    name: str
    version: int
    description: str
    package: ArtifactRef
    submitted_by: str | None
    data_as_of: datetime | None
    gates: GateReport | None
    origins: tuple[Origin, ...]
    run: ReleasedRun

    @classmethod
    def of(cls, version: ModelVersion, run: ReleasedRun, *, environment: str, account: str) -> Self:
        """Return the release of a version that `lab.models` submitted."""
        if version.artifact is None:
            raise ValueError(f"{version.reference} has no package")
        return cls(
            environment=environment,
            account=account,
            name=version.name,
            version=version.version,
            description=version.description,
            package=version.artifact,
            submitted_by=version.submitted_by,
            data_as_of=version.data_as_of,
            gates=version.gates,
            origins=version.origins,
            run=run,
        )

    @property
    def reference(self) -> str:
        """E.g. `churn/3`."""
        return f"{self.name}/{self.version}"
