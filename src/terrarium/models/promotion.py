"""From the registry of one environment to that of the next, with approval, gates and lineage."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts import ArtifactRef
from terrarium.models.approval import Approval, check_approved
from terrarium.models.candidate import Candidate
from terrarium.models.errors import NotSubmittableError, PromotionRefusedError
from terrarium.models.gate_report import GateReport
from terrarium.models.gates import check_gates
from terrarium.models.package import RECORD, read_model
from terrarium.models.registry import Registry
from terrarium.models.run_copy import copy_run
from terrarium.models.storage import PackageStorage
from terrarium.models.submission import mlflow_source
from terrarium.models.version import ModelVersion, Origin, version_tags
from terrarium.record.storage import parse_record

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["Promotion", "promotion_labs"]


def promotion_labs(target: "Lab") -> tuple["Lab", "Lab"]:
    """Source and target of promotions, each by the role that was made for it.

    Args:
        target: Where models go; connected by whoever may assume its promotion role, e.g. a release.

    Raises:
        PromotionRefusedError: No models are promoted there.
        AccessDeniedError: One of the roles may not be assumed.
    """
    from terrarium.connection import open_lab
    from terrarium.lab import Lab

    known, role = target.manifest.registry.promotes_from, target.manifest.roles.promotion_arn
    if known is None or role is None:
        raise _not_declared(target)
    promotion = target.session.assume_role(role, name="terrarium-promotion")
    reading = promotion.assume_role(known.role_arn, name=f"terrarium-promotion-to-{target.environment}")
    return open_lab(known.environment, session=reading), Lab(target.manifest, session=promotion)


class Promotion:
    """One version on its way.

    Everything it does may be done twice: files go to keys named after their content, the run's copy is found by what
    it is a copy of, and the version is made in one transaction, by one process at a time, unless it is there already.

    Args:
        source: Where the version is.
        target: Where it goes.

    Raises:
        PromotionRefusedError: The target does not take models from there.
    """

    def __init__(self, source: "Lab", target: "Lab") -> None:
        known = target.manifest.registry.promotes_from
        if known is None or known.environment != source.environment:
            raise _not_declared(target, source)
        self._source, self._target = source, target
        self._registries = Registry(source), Registry(target)

    def promote(self, version: ModelVersion) -> ModelVersion:
        """The version in the target; `Models.promote` says what it takes."""
        if version.artifact is None:
            raise NotSubmittableError(
                f"{version.reference} was not submitted by lab.models, so that nothing vouches for its content",
                remedy="submit its run: lab.models.submit(run, name)",
            )
        known = self._known(version)
        if known is not None:
            return known
        approval = self._approval(version)
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder)
            self._storage(self._source).get(version.artifact, package)
            candidate = _candidate(version, package)
            gates = check_gates(
                candidate,
                self._target.manifest.registry.gates,
                champion=self._registries[1].champion(version.name),
                environment=self._target.environment,
            )
            artifact = self._storage(self._target).put(package, name=version.name)
        with self._registries[1].alone(version.name):
            return self._known(version) or self._enter(version, candidate, artifact, gates, approval)

    def _known(self, version: ModelVersion) -> ModelVersion | None:
        """The version in the target that was promoted from `version`, if it was promoted before."""
        there = self._registries[1].versions(f"name = '{version.name}'", latest=True)
        return next((found for found in there if self._comes_from(found, version)), None)

    def _comes_from(self, found: ModelVersion, version: ModelVersion) -> bool:
        if not found.origins:
            return False
        origin = found.origins[-1]
        where = self._source.manifest
        return (origin.environment, origin.account, origin.version) == (
            where.environment,
            where.account,
            version.version,
        )

    def _approval(self, version: ModelVersion) -> Approval | None:
        approval = version.approval(self._target.environment)
        if self._target.manifest.registry.approval:
            check_approved(version.reference, version.tags, self._target.environment)
        return approval

    def _enter(
        self,
        version: ModelVersion,
        candidate: Candidate,
        artifact: ArtifactRef,
        gates: GateReport,
        approval: Approval | None,
    ) -> ModelVersion:
        by, where = self._target.session.caller, self._source.manifest
        run = self._registries[0].runs.get_run(version.run)
        copy = copy_run(self._source, self._target, run, registries=self._registries)
        origin = Origin(
            environment=where.environment,
            account=where.account,
            version=version.version,
            run=version.run,
            promoted_by=by,
            promoted_at=datetime.now(UTC),
        )
        return self._registries[1].create(
            version.name,
            source=mlflow_source(artifact),
            run=copy,
            description=version.description,
            tags=version_tags(
                artifact=artifact,
                submitted_by=version.submitted_by or by,
                metrics=candidate.metrics,
                data_as_of=candidate.data_as_of,
                gates=gates,
                origins=(*version.origins, origin),
                approval=approval,
            ),
        )

    def _storage(self, lab: "Lab") -> PackageStorage:
        return PackageStorage(lab.manifest.registry, session=lab.session)


def _candidate(version: ModelVersion, package: Path) -> Candidate:
    model = read_model(package)
    text = (package / RECORD).read_text(encoding="utf-8")
    return Candidate(
        name=version.name,
        record=parse_record(text, source=version.reference),
        signature=model.signature is not None,
        input_example=model.saved_input_example_info is not None,
        data_as_of=version.data_as_of,
    )


def _not_declared(target: "Lab", source: "Lab | None" = None) -> PromotionRefusedError:
    known = target.manifest.registry.promotes_from
    takes = (
        f"takes models from {known.environment!r} only" if known else "takes models from no other environment"
    )
    wanted = f", not from {source.environment!r}" if source else ""
    return PromotionRefusedError(
        f"environment {target.environment!r} {takes}{wanted}",
        remedy=f"registry.promotes_from in environments/{target.environment}.toml declares it; deploy both",
    )
