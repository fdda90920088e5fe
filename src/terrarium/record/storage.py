"""Storage of records: the artifact `record/record.json` of a run, and tags."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from terrarium.json_document import JsonUnreadableError, read_json
from terrarium.record.artifact_file import artifact_file
from terrarium.record.errors import (
    RecordMissingError,
    RecordTooNewError,
    RecordUnreadableError,
    UseCaseIncompleteError,
)
from terrarium.record.run_record import RECORD_VERSION_WRITTEN, RunRecord
from terrarium.record.tags import (
    ARCHITECTURE,
    ARCHITECTURE_DIGEST,
    CODE_BRANCH,
    CODE_COMMIT,
    CODE_DIRTY,
    CODE_ENTRY_POINT,
    CODE_PATCH_DIGEST,
    CODE_REPOSITORY,
    ENVIRONMENT_IMAGE,
    ENVIRONMENT_IMAGE_NAME,
    ENVIRONMENT_PACKAGES_DIGEST,
    ENVIRONMENT_PYTHON,
    PLATFORM_ENVIRONMENT,
    PLATFORM_MANIFEST_VERSION,
    PLATFORM_STACK_DIGEST,
    RECORD_ARTIFACT,
    RECORD_COMPLETENESS,
    RECORD_MISSING,
    RECORD_VERSION,
    SEARCH_SAMPLER,
    SEEDS,
    SPLITS_DATASETS,
    SPLITS_STRATEGY,
    VALIDATION,
)
from terrarium.sdk_source import INSTALL_SDK
from terrarium.validation_problems import problems_of

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["parse_record", "read_record", "record_tags", "write_record"]

_LONGEST_TAG = 8000  # characters; MLflow's limit for tags of runs


def read_record(client: "MlflowClient", run_id: str) -> RunRecord:
    """Return the record of a run, from its artifacts.

    Raises:
        RecordMissingError: The run has no record.
        RecordTooNewError: A newer version of Terrarium wrote the record.
        RecordUnreadableError: The content is not a valid record.
    """
    run = client.get_run(run_id)
    if RECORD_VERSION not in run.data.tags:
        raise RecordMissingError(
            f"run {run_id} has no record", remedy="only runs of `lab.experiment(...).run()` have records"
        )
    with artifact_file(client, f"{run.info.artifact_uri}/{RECORD_ARTIFACT}") as file:
        return parse_record(file.read_text(encoding="utf-8"), source=f"run {run_id}")


def parse_record(text: str, *, source: str) -> RunRecord:
    """Return the record in the JSON text of its artifact.

    Raises:
        RecordTooNewError: A newer version of Terrarium wrote the record.
        RecordUnreadableError: The text is not a valid record.
    """
    try:
        stated = read_json(text)
    except JsonUnreadableError as error:
        raise _unreadable(source, str(error)) from error
    version = stated.get("version") if isinstance(stated, dict) else None
    if isinstance(version, bool) or not isinstance(version, int):
        raise _unreadable(source, "it does not state its version")
    if version > RECORD_VERSION_WRITTEN:
        raise RecordTooNewError(
            f"the record of {source} has version {version}; this version of Terrarium reads {RECORD_VERSION_WRITTEN}",
            remedy=INSTALL_SDK,
        )
    try:
        return RunRecord.model_validate_json(text, extra="ignore")  # a later release may have added fields
    except ValidationError as error:
        raise _unreadable(source, problems_of(error)) from error
    except UseCaseIncompleteError as error:
        raise _unreadable(source, error.problem) from error


def _unreadable(source: str, why: str) -> RecordUnreadableError:
    return RecordUnreadableError(
        f"the record of {source} cannot be read: {why}",
        remedy="another program changed the artifact. The run's params, metrics and models are still available: "
        "lab.experiments.client.get_run(...)",
    )


def write_record(client: "MlflowClient", record: RunRecord) -> None:
    """Write a record as an artifact of its run, and as tags by which searches find the run."""
    from mlflow.entities import RunTag

    client.log_text(record.run, record.model_dump_json(indent=1), RECORD_ARTIFACT)
    tags = [RunTag(name, value) for name, value in record_tags(record).items()]
    client.log_batch(record.run, tags=tags)


def record_tags(record: RunRecord) -> dict[str, str]:
    """Return the tags of MLflow's run: tag -> value, without values that are not recorded."""
    tags: dict[str, object] = {
        RECORD_VERSION: record.version,
        RECORD_COMPLETENESS: f"{record.completeness:.2f}",
        RECORD_MISSING: ",".join(gap.what for gap in record.missing()),
    }
    if code := record.code:
        tags |= {
            CODE_REPOSITORY: code.repository,
            CODE_COMMIT: code.commit,
            CODE_BRANCH: code.branch,
            CODE_DIRTY: str(code.dirty).lower(),
            CODE_PATCH_DIGEST: code.patch_digest,
            CODE_ENTRY_POINT: code.entry_point,
            # MLflow's UI reads these.
            "mlflow.source.git.commit": code.commit,
            "mlflow.source.git.branch": code.branch,
            "mlflow.source.git.repoURL": code.repository,
        }
    if environment := record.environment:
        tags |= {
            ENVIRONMENT_PYTHON: environment.python,
            ENVIRONMENT_PACKAGES_DIGEST: environment.packages_digest,
            ENVIRONMENT_IMAGE: environment.image,
            ENVIRONMENT_IMAGE_NAME: environment.image_name,
        }
    if infrastructure := record.infrastructure:
        tags |= {
            PLATFORM_ENVIRONMENT: infrastructure.environment,
            PLATFORM_MANIFEST_VERSION: infrastructure.manifest_version,
            PLATFORM_STACK_DIGEST: infrastructure.stack_digest,
        }
    if architecture := record.architecture:
        tags |= {ARCHITECTURE: architecture.name, ARCHITECTURE_DIGEST: architecture.digest}
    if record.hyperparameters and (search := record.hyperparameters.search):
        tags[SEARCH_SAMPLER] = search.sampler
    if splits := record.splits:
        tags |= {
            SPLITS_STRATEGY: splits.strategy,
            SPLITS_DATASETS: ",".join(sorted({part.dataset for part in splits.parts})),
        }
    if record.evaluation and record.evaluation.validation:
        tags[VALIDATION] = record.evaluation.validation
    if seeds := record.seeds:
        tags[SEEDS] = ", ".join(f"{name}={seed}" for name, seed in seeds.given.items()) or None
    return {name: str(value)[:_LONGEST_TAG] for name, value in tags.items() if value is not None}
