"""Promotion of versions to the registry of the next environment, with approval, gates and lineage."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts import ArtifactRef
from terrarium.models._approval import Approval, check_approved
from terrarium.models._claims import makes_same_claims
from terrarium.models._release import Release
from terrarium.models._submission import mlflow_source
from terrarium.models._tags import ORIGINS, SUBMITTED_BY
from terrarium.models.attestation import VersionAttestation
from terrarium.models.candidate import Candidate, packaged_candidate
from terrarium.models.errors import PromotionRefusedError
from terrarium.models.gate_report import GateReport
from terrarium.models.gates import check_gates
from terrarium.models.reference import version_by_number
from terrarium.models.registry import Registry
from terrarium.models.releasing import attest_version, release_storage
from terrarium.models.run_copy import copy_run
from terrarium.models.storage import PackageStorage
from terrarium.models.verified import attestations_of, champion_of
from terrarium.models.version import ModelVersion, Origin, parse_origins, version_tags

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["Promotion", "open_source", "promote_here"]


def open_source(target: "Connection") -> "Connection":
    """Connect to the source of promotions to `target`, with the role in the source that may read its releases.

    Args:
        target: The target environment, connected as a principal that the role trusts: the promotion job.

    Raises:
        PromotionRefusedError: The target accepts no models.
        AccessDeniedError: The role may not be assumed.
    """
    from terrarium.connection import open_connection

    known = target.manifest.registry.promotes_from
    if known is None:
        raise _not_declared(target)
    reading = target.session.assume_role(
        known.role_arn, name=f"terrarium-promotion-to-{target.environment}", region=known.region
    )
    return open_connection(known.environment, session=reading)


def promote_here(reference: str, *, target: "Connection", requested_by: str | None) -> ModelVersion:
    """Promote a version in this process, with the role that may read the source.

    Args:
        reference: The version in the source, by its number: `churn/3`.
        target: The target environment, connected as a principal that the role trusts and that reaches the database.
        requested_by: The ARN of the principal that requested the promotion, if it is another one.

    Raises:
        ModelNameError: The reference contains an alias, or is invalid.
    """
    name, version = version_by_number(reference)
    return Promotion(open_source(target), target).promote(name, version, requested_by=requested_by)


class Promotion:
    """Promotion of versions from one environment to another.

    A promotion reads only the source's bucket (attestation, package, release and approvals), because the source's
    database is private to its network. The attestation pins package, record and release by digests. All steps can be
    repeated: keys of files contain the digest of their content, the copy of the run has a tag with the original run,
    and one process at a time creates the version in one transaction, unless it exists.

    Args:
        source: The source environment.
        target: The target environment.

    Raises:
        PromotionRefusedError: The target does not accept models from the source.
    """

    def __init__(self, source: "Connection", target: "Connection") -> None:
        known = target.manifest.registry.promotes_from
        if known is None or known.environment != source.environment:
            raise _not_declared(target, source)
        self._source, self._target = source, target
        self._registry = Registry(target)
        self._attestations = attestations_of(target)
        self._releases = release_storage(source)

    def promote(self, name: str, version: int, *, requested_by: str | None = None) -> ModelVersion:
        """Promote a version and return the version in the target; see `Models.promote`.

        Args:
            name: The name of the registered model.
            version: The number of the version in the source.
            requested_by: The ARN of the principal that requested the promotion, if it is another one.
        """
        attested = attestations_of(self._source).of(name, version)
        known = self._promoted(attested)
        if known is not None:
            return known
        with self._releases.read(attested) as (release, record), tempfile.TemporaryDirectory() as folder:
            approval = self._approval(attested)
            package = Path(folder)
            self._storage(self._source).get(attested.package, package)
            candidate = packaged_candidate(
                package, name=release.name, reference=release.reference, data_as_of=release.data_as_of
            )
            gates = check_gates(
                candidate,
                self._target.manifest.registry.gates,
                champion=champion_of(self._target, self._registry, name),
                environment=self._target.environment,
            )
            artifact = self._storage(self._target).put(package, name=name)
            with self._registry.lock(name):
                made = self._promoted(attested) or self._enter(
                    attested,
                    release,
                    record,
                    candidate,
                    artifact,
                    gates,
                    approval,
                    requested_by=requested_by,
                )
        return self._with_approvals(made)

    def _promoted(self, attested: VersionAttestation) -> ModelVersion | None:
        """Return the version in the target that was promoted from this one, if a promotion attests one."""
        for found in self._copies(attested):
            there = self._attestations.find(found.name, found.version)
            if there is not None and there.promoted and there.package.digest == attested.package.digest:
                self._attestations.check(found)
                return self._with_approvals(found)
        return None

    def _copies(self, attested: VersionAttestation) -> Iterator[ModelVersion]:
        """Yield the versions in the target whose rows state that they were promoted from this one."""
        wanted = (attested.environment, attested.account, attested.version)
        for found in self._registry.versions(f"name = '{attested.name}'", latest=True):
            if found.origins:
                origin = found.origins[-1]
                if (origin.environment, origin.account, origin.version) == wanted:
                    yield found

    def _with_approvals(self, version: ModelVersion) -> ModelVersion:
        attested = self._attestations.check(version)
        return version.with_approvals(self._attestations.approvals(attested))

    def _approval(self, attested: VersionAttestation) -> Approval | None:
        to, wanted = self._target.environment, self._target.manifest.registry
        approvals = attestations_of(self._source).approvals(attested)
        if wanted.approval:
            return check_approved(
                attested.reference,
                approvals,
                to,
                submitted_by=attested.submitter if wanted.separate_approver else None,
            )
        return next((approval for approval in approvals if approval.environment == to), None)

    def _enter(
        self,
        attested: VersionAttestation,
        release: Release,
        record: Path,
        candidate: Candidate,
        artifact: ArtifactRef,
        gates: GateReport,
        approval: Approval | None,
        *,
        requested_by: str | None,
    ) -> ModelVersion:
        copy = copy_run(release, record, target=self._target, registry=self._registry)
        origin = Origin(
            environment=attested.environment,
            account=attested.account,
            version=attested.version,
            run=attested.run,
            promoted_by=self._target.session.caller,
            promoted_at=datetime.now(UTC),
            requested_by=requested_by,
        )
        tags = version_tags(
            artifact=artifact,
            submitted_by=attested.submitter,
            metrics=candidate.metrics,
            data_as_of=candidate.data_as_of,
            gates=gates,
            origins=(*parse_origins(attested.tags.get(ORIGINS, "[]")), origin),
        )
        made = next(
            # A version that an interrupted promotion created.
            (
                found
                for found in self._copies(attested)
                if found.run == copy
                and found.tags.get(SUBMITTED_BY) == attested.submitter
                and makes_same_claims(found, tags)
                and self._attestations.find(found.name, found.version) is None
            ),
            None,
        ) or self._registry.create(
            attested.name,
            source=mlflow_source(artifact),
            run=copy,
            description=release.description,
            tags=tags,
        )
        attest_version(self._target, made, registry=self._registry, promoted=True, approval=approval)
        return made

    def _storage(self, connection: "Connection") -> PackageStorage:
        return PackageStorage(connection.manifest.registry, session=connection.session)


def _not_declared(target: "Connection", source: "Connection | None" = None) -> PromotionRefusedError:
    known = target.manifest.registry.promotes_from
    accepts = (
        f"accepts models only from {known.environment!r}"
        if known
        else "accepts no models from other environments"
    )
    wanted = f", not from {source.environment!r}" if source else ""
    return PromotionRefusedError(
        f"environment {target.environment!r} {accepts}{wanted}",
        remedy=f"set registry.promotes_from in environments/{target.environment}.toml and deploy both",
    )
