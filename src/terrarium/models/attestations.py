"""The chain of a version: its attestation, its approvals and the moves of its aliases agree with the database."""

from collections.abc import Mapping
from datetime import UTC, datetime

from terrarium.artifacts import ArtifactRef
from terrarium.aws import Session
from terrarium.manifest import PlatformManifest
from terrarium.models.alias_change import AliasMove
from terrarium.models.approval import Approval
from terrarium.models.attestation import VersionAttestation
from terrarium.models.attestation_storage import AttestationStorage, Attested, Kind
from terrarium.models.errors import AttestationMissingError, ModelTamperedError
from terrarium.models.tags import ATTESTED
from terrarium.models.version import ModelVersion

__all__ = ["Attestations"]


class Attestations:
    """The attestations of an environment's models.

    Every writer of the database may change the rows of the registry. What is here was written once, by a role that may,
    in the name of its own session. Where the two differ, a row was changed by something other than `lab.models`.

    Args:
        manifest: Of the environment.
        session: Session that may read the registry's bucket, and write what is to be written.
    """

    def __init__(self, manifest: PlatformManifest, *, session: Session) -> None:
        self._manifest = manifest
        self._session = session
        self._storage = AttestationStorage(manifest.registry, session=session)

    def find(self, name: str, version: int) -> VersionAttestation | None:
        """Return the attestation of a version, if there is one: the promotion's, else the first submission's.

        Raises:
            ModelTamperedError: Two that differ were written in the same second, so that neither is the first.
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
            AttestationMissingError: There is none.
        """
        found = self.find(name, version)
        if found is None:
            where = self._manifest.environment
            raise AttestationMissingError(
                f"nothing in the registry's bucket of {where!r} attests {name}/{version}: it was not submitted by "
                "lab.models, or by an SDK that wrote no attestations",
                remedy="submit its run, or, for a version of an earlier SDK: "
                f"terrarium models release {name}/{version} --environment {where}",
            )
        return found

    def check(self, version: ModelVersion) -> VersionAttestation:
        """Return the attestation of a version that the database describes as it was attested.

        Raises:
            AttestationMissingError: There is none.
            ModelTamperedError: The database states something else; what differs is named.
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
                f"the database describes {version.reference} of {self._manifest.environment!r} otherwise than "
                f"{attested.by} attested it at {attested.at:%Y-%m-%d %H:%M:%S}Z:\n" + "\n".join(differs),
                remedy="use another version; the database's log names when the row was changed "
                "(registry.changes), and submitting the model again makes a version that is whole",
            )
        return attested

    def attest(
        self, version: ModelVersion, *, release: ArtifactRef, promoted: bool, approval: Approval | None = None
    ) -> None:
        """Write the attestation of a version in the session's name.

        Args:
            version: The version, as it is to be attested.
            release: Its release.
            promoted: Whether a promotion made it; that takes a role that may attest promotions.
            approval: By which it was promoted.
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
            AttestationMissingError: Nothing attests the version, so that there is no package to approve.
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
        """Return the approvals of a version's package, the first one first."""
        given = [] if attested.approval is None else [attested.approval]
        given += [
            one.document
            for one in self._storage.read("approvals", attested.reference, Approval)
            if one.document.source == self._manifest.environment
        ]
        package = attested.package.digest
        return tuple(approval for approval in given if approval.digest == package)

    def move(self, move: AliasMove) -> None:
        """Write a move of an alias in the session's name."""
        self._storage.put("aliases", move)

    def last_move(self, name: str, alias: str) -> AliasMove | None:
        """Return the last move of an alias, if it was ever moved."""
        last = self._storage.last("aliases", f"{name}/{alias}", AliasMove)
        return last.document if last else None

    def moves(self, name: str) -> list[AliasMove]:
        """Return every move of the model's aliases, the first one first."""
        return [one.document for one in self._storage.read("aliases", name, AliasMove)]

    def check_alias(self, version: ModelVersion, alias: str, attested: VersionAttestation) -> AliasMove:
        """Return the last move of an alias, which has to be the one to this version and its package.

        Raises:
            AttestationMissingError: No move of the alias was attested.
            ModelTamperedError: The last move was to another version, or of another package.
        """
        last = self.last_move(version.name, alias)
        reference = f"{version.name}@{alias}"
        again = f'terrarium models alias <version> {alias} --reason "..." --environment {self._manifest.environment}'
        if last is None:
            raise AttestationMissingError(
                f"nothing in the registry's bucket of {self._manifest.environment!r} attests that {reference} means "
                f"{version.reference}: an earlier SDK moved the alias, or something other than lab.models",
                remedy=f"look at the version, then move the alias to the right one: {again}",
            )
        if (last.after, last.digest) != (version.version, attested.package.digest):
            raise ModelTamperedError(
                f"the database has {reference} mean {version.reference} (package {attested.package.digest}), and its "
                f"last move on record was to {_meant(last)}, by {last.by} at {last.at:%Y-%m-%d %H:%M:%S}Z",
                remedy="find out who changed the row (registry.changes), then move the alias to the right version: "
                f"{again}",
            )
        return last

    def _own(self, kind: Kind, subject: str) -> list[Attested[VersionAttestation]]:
        """Return the attestations of a version of this environment, of one kind.

        A submitter may not state a promotion or an approval: only the promotion's role writes those.
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
            remedy="submit the model again from another run: that makes another version",
        )


def claims(tags: Mapping[str, str]) -> dict[str, str]:
    """Return those tags of a version that an attestation covers."""
    return {name: value for name, value in sorted(tags.items()) if name.startswith(ATTESTED)}


def _meant(move: AliasMove) -> str:
    return "nothing" if move.after is None else f"{move.name}/{move.after} (package {move.digest})"
