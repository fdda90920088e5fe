"""`Release`: the document with all data of a submitted version that a promotion needs."""

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
    """A dataset that the run read, from MLflow's dataset input.

    Attributes:
        name: The name of the dataset.
        digest: The version of the dataset.
        source_type: MLflow's type of the source.
        source: The location of the data, in MLflow's format.
        data_schema: MLflow's schema of the data.
        profile: MLflow's statistics of the data.
        tags: The tags of the input, e.g. the part of the split.
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
    """The run that produced the model, at the time of the submission.

    Attributes:
        id: MLflow's id of the run.
        name: The name of the run.
        experiment: The name of its experiment.
        user: The user that MLflow recorded.
        status: MLflow's status.
        started: The start time, in milliseconds since 1970.
        ended: The end time, in milliseconds since 1970.
        params: The hyperparameters.
        metrics: The last value of each metric.
        tags: MLflow's tags.
        datasets: The datasets that the run read.
    """

    # Metrics can be NaN or infinite. JSON has no such numbers, so they are written as strings, which pydantic reads.
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
        """Return the released form of MLflow's run."""
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
    """A submitted version, without its aliases and approvals, which change later.

    Attributes:
        format: The format version of this document.
        environment: The environment that released the version.
        account: The AWS account of that environment.
        name: The name of the registered model.
        version: The number of the version in that environment.
        description: The description of the version.
        package: The package in the registry's bucket; its digest pins every file.
        submitted_by: The ARN of the submitter.
        data_as_of: The time of the newest snapshot of the training data, if it is known.
        gates: The results of the environment's gates.
        origins: The environments from which the version was promoted, the earliest first.
        run: The run that produced the model.
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
        """The reference of the version, e.g. `churn/3`."""
        return f"{self.name}/{self.version}"
