"""Submission of a finished run's model to the registry."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts import ArtifactRef
from terrarium.experiments.errors import RunNotFoundError
from terrarium.models._claims import makes_same_claims
from terrarium.models._data_age import data_as_of
from terrarium.models._package import MODEL, fill_package, model_of_run
from terrarium.models.attestations import Attestations
from terrarium.models.candidate import Candidate
from terrarium.models.errors import NotSubmittableError
from terrarium.models.gate_report import GateReport
from terrarium.models.gates import check_gates
from terrarium.models.registry import Registry
from terrarium.models.releasing import attest_version
from terrarium.models.storage import PackageStorage
from terrarium.models.verified import attestations_of, champion_of
from terrarium.models.version import ModelVersion, version_tags
from terrarium.record import RunRecord
from terrarium.record.storage import read_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mlflow.entities import Run
    from mlflow.models import Model

    from terrarium.connection import Connection
    from terrarium.warehouse import Warehouse

__all__ = ["mlflow_source", "submit"]


def submit(
    connection: "Connection",
    warehouse: "Callable[[], Warehouse]",
    run_id: str,
    name: str,
    *,
    model: str | None,
    description: str,
) -> ModelVersion:
    """Submit the model of a run; see `Models.submit`."""
    from mlflow.exceptions import MlflowException

    client, registry = connection.mlflow_client, Registry(connection)
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        raise RunNotFoundError(
            f"environment {connection.environment!r} has no run {run_id!r}",
            remedy="`terrarium runs list` shows the ids of runs",
        ) from error
    record = _complete_record(run, read_record(client, run_id))
    logged = model_of_run(client, run, model)
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder)
        kept = fill_package(client, package, logged=logged, name=name, description=description, record=record)
        candidate = _candidate(name, record, kept, data_as_of=data_as_of(warehouse, record))
        gates = check_gates(
            candidate,
            connection.manifest.registry.gates,
            champion=champion_of(connection, registry, name),
            environment=connection.environment,
        )
        artifact = PackageStorage(connection.manifest.registry, session=connection.session).put(
            package, name=name
        )
    return _enter(connection, registry, candidate, artifact, gates, description=description)


def mlflow_source(artifact: ArtifactRef) -> str:
    """Return the URI from which MLflow loads the model of a package."""
    return f"{artifact.uri.rpartition('/')[0]}/{MODEL}"


def _complete_record(run: "Run", record: RunRecord) -> RunRecord:
    if run.info.lifecycle_stage != "active":
        raise NotSubmittableError(
            f"run {record.run} is deleted, and its data may be erased at any time",
            remedy=f'restore it first: lab.experiments.restore("{record.run}")',
        )
    if run.info.status != "FINISHED":
        raise NotSubmittableError(
            f"run {record.run} is {run.info.status}, and only finished runs can be submitted",
            remedy="submit the run after its `with` block; if it failed, run it again",
        )
    missing = record.missing()
    if missing:
        gaps = "\n".join(f"  {gap.what}: {gap.why}" for gap in missing)
        raise NotSubmittableError(
            f"the record of run {record.run} is incomplete, so nobody could reproduce the run. It lacks\n{gaps}",
            remedy="run it again, and record the missing values",
        )
    return record


def _candidate(name: str, record: RunRecord, model: "Model", *, data_as_of: "datetime | None") -> Candidate:
    return Candidate(
        name=name,
        record=record,
        signature=model.signature is not None,
        input_example=model.saved_input_example_info is not None,
        data_as_of=data_as_of,
    )


def _enter(
    connection: "Connection",
    registry: Registry,
    candidate: Candidate,
    artifact: ArtifactRef,
    gates: GateReport,
    *,
    description: str,
) -> ModelVersion:
    name, run = candidate.name, candidate.record.run
    tags = version_tags(
        artifact=artifact,
        submitted_by=connection.session.caller,
        metrics=candidate.metrics,
        data_as_of=candidate.data_as_of,
        gates=gates,
    )
    attestations = attestations_of(connection)
    with registry.lock(name):
        version = _submitted(registry, attestations, candidate, tags) or registry.create(
            name,
            source=mlflow_source(artifact),
            run=run,
            description=description,
            tags=tags,
        )
        attest_version(connection, version, registry=registry)
    attestations.check(version)  # another client may have attested a version with this number before
    return version


def _submitted(
    registry: Registry, attestations: Attestations, candidate: Candidate, tags: dict[str, str]
) -> ModelVersion | None:
    """Return the version that an earlier, possibly interrupted, submission of the same content created."""
    where = f"name = '{candidate.name}' and run_id = '{candidate.record.run}'"
    for version in registry.versions(where, latest=True):
        if not makes_same_claims(version, tags):
            continue
        if attestations.find(version.name, version.version) is not None:
            attestations.check(version)
        return version
    return None
