"""From the registry of one environment to that of the next, with approval, gates and lineage."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts import ArtifactRef
from terrarium.models.approval import Approval, check_approved
from terrarium.models.candidate import Candidate
from terrarium.models.errors import PromotionRefusedError
from terrarium.models.gate_report import GateReport
from terrarium.models.gates import check_gates
from terrarium.models.package import RECORD, read_model
from terrarium.models.reference import version_by_number
from terrarium.models.registry import Registry
from terrarium.models.release import Release
from terrarium.models.releasing import release_storage, write_release
from terrarium.models.run_copy import copy_run
from terrarium.models.storage import PackageStorage
from terrarium.models.submission import mlflow_source
from terrarium.models.version import ModelVersion, Origin, version_tags
from terrarium.record.storage import parse_record

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["Promotion", "open_source", "promote_here"]


def open_source(target: "Lab") -> "Lab":
    """Return the environment that `target` takes models from, by the role there that may read its releases.

    Args:
        target: Where models go; connected by a principal that the role trusts: the job of the promotion.

    Raises:
        PromotionRefusedError: No models are promoted there.
        AccessDeniedError: The role may not be assumed.
    """
    from terrarium.connection import open_lab

    known = target.manifest.registry.promotes_from
    if known is None:
        raise _not_declared(target)
    reading = target.session.assume_role(
        known.role_arn, name=f"terrarium-promotion-to-{target.environment}", region=known.region
    )
    return open_lab(known.environment, session=reading)


def promote_here(reference: str, *, target: "Lab", requested_by: str | None) -> ModelVersion:
    """Promote a version in this process, by the role that may read the source.

    Args:
        reference: The version in the source, by its number: `churn/3`.
        target: Where it goes; connected by a principal that the role trusts, and that reaches the database.
        requested_by: ARN of the principal that asked for it, where another one does it.

    Raises:
        ModelNameError: The reference names an alias, or is none.
    """
    name, version = version_by_number(reference)
    return Promotion(open_source(target), target).promote(name, version, requested_by=requested_by)


class Promotion:
    """Promotion of versions from one environment to another.

    It reads the source's bucket only: package, release and approvals. The source's database is private to the source's
    network. Every step can be repeated: files go to keys named after their content, the run's copy is found by the run
    that it is a copy of, and the version is created in one transaction, by one process at a time, unless it exists.

    Args:
        source: The environment of the version.
        target: The environment that it is promoted to.

    Raises:
        PromotionRefusedError: The target does not take models from there.
    """

    def __init__(self, source: "Lab", target: "Lab") -> None:
        known = target.manifest.registry.promotes_from
        if known is None or known.environment != source.environment:
            raise _not_declared(target, source)
        self._source, self._target = source, target
        self._registry = Registry(target)
        self._releases = release_storage(source)

    def promote(self, name: str, version: int, *, requested_by: str | None = None) -> ModelVersion:
        """Return the version in the target; see `Models.promote`.

        Args:
            name: Name of the registered model.
            version: Number of the version in the source.
            requested_by: ARN of the principal that asked for it, where another one does it.
        """
        known = self._known(name, version)
        if known is not None:
            with self._registry.alone(name):  # a promotion that was killed may not have written it
                write_release(self._target, known, registry=self._registry)
            return known
        with self._releases.read(name, version) as (release, record), tempfile.TemporaryDirectory() as folder:
            approval = self._approval(release)
            package = Path(folder)
            self._storage(self._source).get(release.package, package)
            candidate = _candidate(release, package)
            gates = check_gates(
                candidate,
                self._target.manifest.registry.gates,
                champion=self._registry.champion(name),
                environment=self._target.environment,
            )
            artifact = self._storage(self._target).put(package, name=name)
            with self._registry.alone(name):
                made = self._known(name, version) or self._enter(
                    release, record, candidate, artifact, gates, approval, requested_by=requested_by
                )
                write_release(self._target, made, registry=self._registry)
        return made

    def _known(self, name: str, version: int) -> ModelVersion | None:
        """Return the version in the target that was promoted from this one, if it was promoted before."""
        there = self._registry.versions(f"name = '{name}'", latest=True)
        return next((found for found in there if self._comes_from(found, version)), None)

    def _comes_from(self, found: ModelVersion, version: int) -> bool:
        if not found.origins:
            return False
        origin, where = found.origins[-1], self._source.manifest
        return (origin.environment, origin.account, origin.version) == (
            where.environment,
            where.account,
            version,
        )

    def _approval(self, release: Release) -> Approval | None:
        to = self._target.environment
        approval = self._releases.approval(release.name, release.version, to)
        if self._target.manifest.registry.approval:
            check_approved(release.reference, {approval.tag: ""} if approval else {}, to)
        return approval

    def _enter(
        self,
        release: Release,
        record: Path,
        candidate: Candidate,
        artifact: ArtifactRef,
        gates: GateReport,
        approval: Approval | None,
        *,
        requested_by: str | None,
    ) -> ModelVersion:
        by = self._target.session.caller
        copy = copy_run(release, record, target=self._target, registry=self._registry)
        origin = Origin(
            environment=release.environment,
            account=release.account,
            version=release.version,
            run=release.run.id,
            promoted_by=by,
            promoted_at=datetime.now(UTC),
            requested_by=requested_by,
        )
        return self._registry.create(
            release.name,
            source=mlflow_source(artifact),
            run=copy,
            description=release.description,
            tags=version_tags(
                artifact=artifact,
                submitted_by=release.submitted_by or by,
                metrics=candidate.metrics,
                data_as_of=candidate.data_as_of,
                gates=gates,
                origins=(*release.origins, origin),
                approval=approval,
            ),
        )

    def _storage(self, lab: "Lab") -> PackageStorage:
        return PackageStorage(lab.manifest.registry, session=lab.session)


def _candidate(release: Release, package: Path) -> Candidate:
    model = read_model(package)
    text = (package / RECORD).read_text(encoding="utf-8")
    return Candidate(
        name=release.name,
        record=parse_record(text, source=release.reference),
        signature=model.signature is not None,
        input_example=model.saved_input_example_info is not None,
        data_as_of=release.data_as_of,
    )


def _not_declared(target: "Lab", source: "Lab | None" = None) -> PromotionRefusedError:
    known = target.manifest.registry.promotes_from
    takes = (
        f"takes models from {known.environment!r} only" if known else "takes models from no other environment"
    )
    wanted = f", not from {source.environment!r}" if source else ""
    return PromotionRefusedError(
        f"environment {target.environment!r} {takes}{wanted}",
        remedy=f"set registry.promotes_from in environments/{target.environment}.toml and deploy both",
    )
