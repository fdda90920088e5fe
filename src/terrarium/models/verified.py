"""Verification of versions: row, package, attestation, alias and approvals must agree."""

import time
from typing import TYPE_CHECKING, NamedTuple

from terrarium.models._approval import Approval, check_approved
from terrarium.models._tags import CHAMPION
from terrarium.models.attestation import VersionAttestation
from terrarium.models.attestations import Attestations
from terrarium.models.errors import ModelTamperedError, NotSubmittableError
from terrarium.models.reference import ModelReference
from terrarium.models.registry import Registry
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["Verified", "attestations_of", "champion_of", "verify"]

_REPLICA_DELAY = 2  # s; replicas of Aurora usually lag by less than 100 ms


class Verified(NamedTuple):
    """A verified version.

    Attributes:
        version: The version.
        attested: The attestation of the version.
        approvals: The approvals of its package.
    """

    version: ModelVersion
    attested: VersionAttestation
    approvals: tuple[Approval, ...]


def attestations_of(connection: "Connection") -> Attestations:
    """Return the attestations of an environment."""
    return Attestations(connection.manifest, session=connection.session)


def verify(connection: "Connection", registry: Registry, reference: str | ModelReference) -> Verified:
    """Return the version of a reference, after a comparison of its row with the attestations.

    Args:
        connection: The environment.
        registry: Its registry.
        reference: The reference. With an alias, e.g. `churn@champion`, the last change of the alias is verified too.

    Raises:
        ModelNotFoundError: The registry has no such version.
        NotSubmittableError: `lab.models` did not submit the version.
        AttestationMissingError: The version, or the change of the alias, has no attestation.
        ModelTamperedError: The row differs from the attestation. The error lists the differences.
        ApprovalMissingError: The environment requires approved champions, and nobody approved this one.
    """
    asked = ModelReference.parse(reference) if isinstance(reference, str) else reference
    try:
        return _verified(connection, registry, asked)
    except ModelTamperedError:
        if asked.alias is None:
            raise
        time.sleep(_REPLICA_DELAY)  # the alias may have changed just now, and the replica may lag behind
        return _verified(connection, registry, asked)


def champion_of(connection: "Connection", registry: Registry, name: str) -> ModelVersion | None:
    """Return the current champion, verified if `lab.models` submitted it."""
    version = registry.champion(name)
    if version is None or version.artifact is None:
        return version
    return verify(connection, registry, ModelReference(name, None, CHAMPION)).version


def _verified(connection: "Connection", registry: Registry, asked: ModelReference) -> Verified:
    version, attestations = registry.resolve(asked), attestations_of(connection)
    if version.artifact is None:
        raise NotSubmittableError(
            f"lab.models did not submit {version.reference}, so its content cannot be verified",
            remedy="load it with MLflow, or submit its run: lab.models.submit(run, name)",
        )
    attested = attestations.check(version)
    approvals = attestations.approvals(attested)
    if asked.alias is not None:
        attestations.check_alias(version, asked.alias, attested)
    settings = connection.manifest.registry
    if asked.alias == CHAMPION and settings.approval:
        check_approved(
            version.reference,
            approvals,
            connection.environment,
            submitted_by=attested.submitter if settings.separate_approver else None,
        )
    return Verified(version.with_approvals(approvals), attested, approvals)
