"""Attestations of versions, approvals and alias changes, and their comparison with the database."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

from terrarium.artifacts import ArtifactRef
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.models._alias_change import AliasChange
from terrarium.models._approval import Approval
from terrarium.models._tags import ATTESTED
from terrarium.models.attestation import VersionAttestation
from terrarium.models.attestation_storage import AttestationStorage, Attested, Kind
from terrarium.models.errors import AttestationMissingError, ModelTamperedError
from terrarium.models.version import ModelVersion

__all__ = ["Attestations"]


class Attestations:
    """The attestations of an environment's models.

    All writers of the database may change the rows of the registry. Attestations cannot be changed: a permitted role
    writes each once, in the name of its own session. If both differ, a client other than `lab.models` changed a row.

    Args:
        manifest: The manifest of the environment.
        session: A session that may read the registry's bucket. Methods that write need permission to write.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._manifest = manifest
        self._session = session

    @cached_property
    def _storage(self) -> AttestationStorage:
        return AttestationStorage(self._manifest.registry, session=self._session)

    def find(self, name: str, version: int) -> VersionAttestation | None:
        """Return the attestation of a version, if there is one: of the promotion, or else of the first submission.

        Raises:
            ModelTamperedError: Two different attestations have the same time, so that neither is the first.
        """
        subject = f"{name}/{version}"
        own = self._own("promotions", subject) or self._own("submissions", subject)
        if not own:
            return None
        first = own[0]
        for other in own[1:]:
            if other.written == first.written and other.document.package != first.document.package:
                raise self._contradicting(subject, first, other)
        return first.document

    def of(self, name: str, version: int) -> VersionAttestation:
        """Return the attestation of a version.

        Raises:
            AttestationMissingError: The version has no attestation.
        """
        found = self.find(name, version)
        if found is None:
            where = self._manifest.environment
            raise AttestationMissingError(
                f"nothing in the registry's bucket of {where!r} attests {name}/{version}: lab.models did not "
                "submit it, or an SDK did that wrote no attestations",
                remedy="submit its run, or, for a version of an earlier SDK: "
                f"terrarium models release {name}/{version} --environment {where}",
            )
        return found

    def check(self, version: ModelVersion) -> VersionAttestation:
        """Return the attestation of a version, after a comparison with the version's row in the database.

        Raises:
            AttestationMissingError: The version has no attestation.
            ModelTamperedError: The database differs from the attestation. The error lists the differences.
        """
        attested = self.of(version.name, version.version)
        stated: Mapping[str, str | None] = {
            "run": version.run,
            "source": version.source,
            **{tag: version.tags.get(tag) for tag in {*attested.tags, *claims(version.tags)}},
        }
        wanted = {"run": attested.run, "source": attested.source, **attested.tags}
        differs = [
            f"  {what}: {stated[what]!r}, attested: {wanted.get(what)!r}"
            for what in sorted(stated)
            if stated[what] != wanted.get(what)
        ]
        if differs:
            raise ModelTamperedError(
                f"the row of {version.reference} in the database of {self._manifest.environment!r} differs from the "
                f"attestation of {attested.by} at {attested.at:%Y-%m-%d %H:%M:%S}Z:\n" + "\n".join(differs),
                remedy="use another version, or submit the model again; the table registry.changes states when the row "
                "was changed",
            )
        return attested

    def attest(
        self, version: ModelVersion, *, release: ArtifactRef, promoted: bool, approval: Approval | None = None
    ) -> None:
        """Write the attestation of a version in the session's name.

        Args:
            version: The version.
            release: The release of the version.
            promoted: Whether a promotion created it. Only some roles may attest promotions.
            approval: The approval of the promotion.
        """
        if version.artifact is None:
            raise ValueError(f"{version.reference} has no package")
        document = VersionAttestation(
            environment=self._manifest.environment,
            account=self._manifest.account,
            name=version.name,
            version=version.version,
            run=version.run,
            source=version.source,
            package=version.artifact,
            release=release,
            tags=claims(version.tags),
            by=self._session.caller,
            at=datetime.now(UTC),
            promoted=promoted,
            approval=approval,
        )
        self._storage.put("promotions" if promoted else "submissions", document)

    def approve(self, name: str, version: int, *, environment: str, reason: str) -> Approval:
        """Write an approval of a version's package in the session's name.

        Raises:
            AttestationMissingError: The version has no attestation, and so no known package.
        """
        attested = self.of(name, version)
        approval = Approval.now(
            environment,
            source=self._manifest.environment,
            name=name,
            version=version,
            digest=attested.package.digest,
            by=self._session.caller,
            reason=reason,
        )
        self._storage.put("approvals", approval)
        return approval

    def approvals(self, attested: VersionAttestation) -> tuple[Approval, ...]:
        """Return the approvals of a version's package, the earliest first."""
        given = [] if attested.approval is None else [attested.approval]
        given += [
            one.document
            for one in self._storage.read("approvals", attested.reference, Approval)
            if one.document.source == self._manifest.environment
        ]
        package = attested.package.digest
        return tuple(approval for approval in given if approval.digest == package)

    def record_alias_change(self, change: AliasChange) -> None:
        """Write the change of an alias in the session's name."""
        self._storage.put("aliases", change)

    def last_alias_change(self, name: str, alias: str) -> AliasChange | None:
        """Return the last change of an alias, if there is one."""
        last = self._storage.last("aliases", f"{name}/{alias}", AliasChange)
        return last.document if last else None

    def alias_changes(self, name: str) -> list[AliasChange]:
        """Return all changes of the model's aliases, the earliest first."""
        return [one.document for one in self._storage.read("aliases", name, AliasChange)]

    def check_alias(self, version: ModelVersion, alias: str, attested: VersionAttestation) -> AliasChange:
        """Return the last change of an alias, after a check that it set this version with this package.

        Raises:
            AttestationMissingError: No change of the alias was attested.
            ModelTamperedError: The last change set another version or another package.
        """
        last = self.last_alias_change(version.name, alias)
        reference = f"{version.name}@{alias}"
        again = f'terrarium models alias <version> {alias} --reason "..." --environment {self._manifest.environment}'
        if last is None:
            raise AttestationMissingError(
                f"nothing in the registry's bucket of {self._manifest.environment!r} attests that {reference} is "
                f"{version.reference}: an earlier SDK set the alias, or a client other than lab.models",
                remedy=f"check the version, then set the alias to the right one: {again}",
            )
        if (last.after, last.digest) != (version.version, attested.package.digest):
            raise ModelTamperedError(
                f"in the database, {reference} is {version.reference} (package {attested.package.digest}), but the "
                f"last attested change set it to {_target(last)}, by {last.by} at {last.at:%Y-%m-%d %H:%M:%S}Z",
                remedy="find out who changed the row (registry.changes), then set the alias to the right version: "
                f"{again}",
            )
        return last

    def _own(self, kind: Kind, subject: str) -> list[Attested[VersionAttestation]]:
        """Return the attestations of one kind of a version of this environment.

        Only the role of promotions may state a promotion or an approval. Those of submitters are skipped.
        """
        promoted = kind == "promotions"
        return [
            one
            for one in self._storage.read(kind, subject, VersionAttestation)
            if self._is_here(one.document)
            and one.document.promoted == promoted
            and (promoted or one.document.approval is None)
        ]

    def _is_here(self, document: VersionAttestation) -> bool:
        where = self._manifest
        return (document.environment, document.account, document.package.bucket) == (
            where.environment,
            where.account,
            where.registry.bucket,
        )

    def _contradicting(
        self, subject: str, first: Attested[VersionAttestation], other: Attested[VersionAttestation]
    ) -> ModelTamperedError:
        return ModelTamperedError(
            f"two attestations of {subject} were written at {first.written:%Y-%m-%d %H:%M:%S}Z: package "
            f"{first.document.package.digest} by {first.document.by}, package {other.document.package.digest} by "
            f"{other.document.by}",
            remedy="submit the model again from another run, which creates another version",
        )


def claims(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a version that an attestation covers."""
    return {name: value for name, value in sorted(tags.items()) if name.startswith(ATTESTED)}


def _target(change: AliasChange) -> str:
    return "no version" if change.after is None else f"{change.name}/{change.after} (package {change.digest})"
