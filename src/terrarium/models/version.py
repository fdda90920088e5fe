"""`ModelVersion`: a version of a registered model, as it was when it was looked up."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic_core import to_json

from terrarium.arguments import checked_methods
from terrarium.artifacts import ArtifactRef
from terrarium.models.approval import Approval
from terrarium.models.gate_report import GateReport
from terrarium.models.tags import ARTIFACT, DATA_AS_OF, GATES, METRICS, ORIGINS, SUBMITTED_BY
from terrarium.record.non_finite import Number

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion as MlflowVersion

__all__ = ["ModelVersion", "Origin", "parse_origins", "version_tags"]


class Origin(BaseModel):
    """The version of another environment that a version was promoted from.

    Attributes:
        environment: Where.
        account: Of AWS.
        version: Its number there.
        run: MLflow's run id there.
        promoted_by: ARN of the principal that promoted it from there: the session of the promotion's job.
        promoted_at: Aware, UTC.
        requested_by: ARN of the principal that started the job, as stated by it; CloudTrail's SubmitJob event is proof.
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
        name: The registered model's.
        version: Counted from 1.
        description: As stated.
        run: MLflow's id of the run that made it, in this environment; of a promoted one, of the run's copy.
        source: Where MLflow finds the model, an `s3://` address.
        created: Aware, UTC.
        aliases: Those that mean it now.
        tags: All of MLflow's.
        artifact: The package: model, card, record, packages; every file of it pinned. None where MLflow's own code
            made the version.
        submitted_by: ARN.
        metrics: As on record of the run.
        data_as_of: When the newest snapshot that it learnt from was made, if anybody knows.
        gates: What the environment asked for, and found.
        approvals: Who let it enter where, as the registry's bucket has it; empty where versions are listed.
        origins: Where it was promoted from, the first one first; empty where it was made.
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
        """A version of MLflow's."""
        tags = version.tags
        return cls(
            name=version.name,
            version=int(version.version),
            description=version.description or "",
            run=version.run_id or "",
            source=version.source,
            created=datetime.fromtimestamp(version.creation_timestamp / 1000, tz=UTC),
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
        """E.g. `churn/3`."""
        return f"{self.name}/{self.version}"

    def with_approvals(self, approvals: tuple[Approval, ...]) -> Self:
        """Return the version with its approvals."""
        return self.model_copy(update={"approvals": approvals})


def parse_origins(text: str) -> tuple[Origin, ...]:
    """Return the origins that a version's tag holds."""
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
    """The tags of a version that is to be made; what `ModelVersion.of` reads."""
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
