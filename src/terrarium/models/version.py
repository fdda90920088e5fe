"""`ModelVersion`: a version of a registered model, at the time of the lookup."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_core import to_json

from terrarium.arguments import checked_methods
from terrarium.artifacts import ArtifactRef
from terrarium.epoch import from_epoch_ms
from terrarium.models._approval import Approval
from terrarium.models._tags import ARTIFACT, DATA_AS_OF, GATES, METRICS, ORIGINS, SUBMITTED_BY
from terrarium.models.gate_report import GateReport
from terrarium.record.non_finite import Number

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion as MlflowVersion

__all__ = ["ModelVersion", "Origin", "parse_origins", "version_tags"]


class Origin(BaseModel):
    """The version in another environment from which a version was promoted.

    Attributes:
        environment: The name of that environment.
        account: The AWS account of that environment.
        version: The number of the version in that environment.
        run: MLflow's run id in that environment.
        promoted_by: The ARN of the principal that promoted the version: the session of the promotion job.
        promoted_at: The time of the promotion, aware, UTC.
        requested_by: The ARN of the principal that started the job, as it stated itself. CloudTrail's SubmitJob event
            is the proof.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    account: str
    version: int
    run: str
    promoted_by: str
    promoted_at: datetime
    requested_by: str | None = None


_ORIGINS = TypeAdapter(tuple[Origin, ...])


@checked_methods
class ModelVersion(BaseModel):
    """A version of a registered model.

    Attributes:
        name: The name of the registered model.
        version: The number of the version, counted from 1.
        description: The description that the submitter stated.
        run: MLflow's id of the run in this environment. For a promoted version: of the copy of the run.
        source: The `s3://` URI from which MLflow loads the model.
        created: The time of creation, aware, UTC.
        aliases: The aliases of the version.
        tags: All tags in MLflow.
        artifact: The package: model, card, record and packages, with all files pinned. None if MLflow's client created
            the version.
        submitted_by: The ARN of the submitter.
        metrics: The metrics in the run's record.
        data_as_of: The time of the newest snapshot of the training data, if it is known.
        gates: The results of the environment's gates.
        approvals: The approvals in the registry's bucket; empty in lists of versions.
        origins: The versions from which it was promoted, the earliest first; empty if it was not promoted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    name: str
    version: int
    description: str
    run: str
    source: str
    created: datetime
    aliases: tuple[str, ...]
    tags: dict[str, str]
    artifact: ArtifactRef | None
    submitted_by: str | None
    metrics: dict[str, Number]
    data_as_of: datetime | None
    gates: GateReport | None
    approvals: tuple[Approval, ...]
    origins: tuple[Origin, ...]

    @classmethod
    def of(cls, version: "MlflowVersion") -> Self:
        """Return the version of MLflow's model version."""
        tags = version.tags
        return cls(
            name=version.name,
            version=int(version.version),
            description=version.description or "",
            run=version.run_id or "",
            source=version.source,
            created=from_epoch_ms(version.creation_timestamp),
            aliases=tuple(sorted(version.aliases)),
            tags=tags,
            artifact=ArtifactRef.parse(tags[ARTIFACT]) if ARTIFACT in tags else None,
            submitted_by=tags.get(SUBMITTED_BY),
            metrics=json.loads(tags.get(METRICS, "{}")),
            data_as_of=datetime.fromisoformat(tags[DATA_AS_OF]) if DATA_AS_OF in tags else None,
            gates=GateReport.model_validate_json(tags[GATES]) if GATES in tags else None,
            approvals=(),
            origins=parse_origins(tags.get(ORIGINS, "[]")),
        )

    @property
    def reference(self) -> str:
        """The reference of the version, e.g. `churn/3`."""
        return f"{self.name}/{self.version}"

    def with_approvals(self, approvals: tuple[Approval, ...]) -> Self:
        """Return the version with its approvals."""
        return self.model_copy(update={"approvals": approvals})


def parse_origins(text: str) -> tuple[Origin, ...]:
    """Return the origins in the tag of a version."""
    return _ORIGINS.validate_json(text)


def version_tags(
    *,
    artifact: ArtifactRef,
    submitted_by: str,
    metrics: dict[str, float],
    data_as_of: datetime | None,
    gates: GateReport,
    origins: tuple[Origin, ...] = (),
) -> dict[str, str]:
    """Return the tags of a new version, which `ModelVersion.of` reads."""
    tags = {
        ARTIFACT: str(artifact),
        SUBMITTED_BY: submitted_by,
        METRICS: to_json(dict(sorted(metrics.items())), inf_nan_mode="strings").decode(),
        GATES: gates.model_dump_json(),
        ORIGINS: _ORIGINS.dump_json(origins).decode(),
    }
    if data_as_of is not None:
        tags[DATA_AS_OF] = data_as_of.isoformat()
    return tags
