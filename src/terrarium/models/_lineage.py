"""`Lineage`: the origin of a version, and the runs that use it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from terrarium.models._alias_change import AliasChange
from terrarium.models._package import RECORD
from terrarium.models._usage import runs_that_use
from terrarium.models.errors import NotSubmittableError
from terrarium.models.storage import PackageStorage
from terrarium.models.verified import attestations_of
from terrarium.models.version import ModelVersion
from terrarium.record import RunRecord
from terrarium.record.run_summary import RunSummary
from terrarium.record.storage import parse_record

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["Lineage", "lineage_of"]


class Lineage(BaseModel):
    """The lineage of a version.

    Attributes:
        environment: The environment of the version.
        version: The version, with its origins and approvals.
        record: The record of its run: data snapshots, code, packages, pretrained modules, evaluation.
        alias_changes: The changes of aliases from or to this version, the earliest first.
        used_by: The runs that loaded it, the latest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    version: ModelVersion
    record: RunRecord
    alias_changes: tuple[AliasChange, ...]
    used_by: tuple[RunSummary, ...]

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        version, record = self.version, self.record
        yield f"{version.reference} in {self.environment}, submitted by {version.submitted_by}"
        for origin in reversed(version.origins):
            yield (
                f"  promoted from {origin.environment} {version.name}/{origin.version} "
                f"by {origin.promoted_by} at {origin.promoted_at:%Y-%m-%d %H:%M:%S}Z"
                + (f", requested by {origin.requested_by}" if origin.requested_by else "")
            )
        for approval in version.approvals:
            yield f"  approved {approval}"
        yield f"  run {record.run} of experiment {record.experiment}"
        if record.code:
            changes = ", with uncommitted changes" if record.code.dirty else ""
            yield f"  code {record.code.repository or ''} {record.code.commit}, {record.code.entry_point}{changes}"
        for part in record.parts:
            pinned = f"snapshot {part.snapshot_id}" if part.snapshot_id else part.digest
            yield f"  {part.name} from {part.dataset}, {pinned}"
        for module in record.architecture.pretrained if record.architecture else ():
            yield f"  pretrained {module.name} {module.revision or ''} {module.digest or ''}".rstrip()
        yield from (f"  {change}" for change in self.alias_changes)
        yield from (
            f"  used by run {run.id} ({run.name}) of experiment {run.experiment}" for run in self.used_by
        )


def lineage_of(connection: "Connection", version: ModelVersion) -> Lineage:
    """Return the lineage of a version.

    Raises:
        NotSubmittableError: `lab.models` did not submit the version, so it has no record.
        ModelTamperedError: The record in the package was changed.
    """
    if version.artifact is None:
        raise NotSubmittableError(
            f"{version.reference} was created by MLflow's client, without a record",
            remedy="submit its run: lab.models.submit(run, name)",
        )
    with tempfile.TemporaryDirectory() as folder:
        PackageStorage(connection.manifest.registry, session=connection.session).get(
            version.artifact, Path(folder), below=RECORD
        )
        text = (Path(folder) / RECORD).read_text(encoding="utf-8")
    changes = attestations_of(connection).alias_changes(version.name)
    return Lineage(
        environment=connection.environment,
        version=version,
        record=parse_record(text, source=version.reference),
        alias_changes=tuple(change for change in changes if version.version in (change.before, change.after)),
        used_by=tuple(runs_that_use(connection, version)),
    )
