"""A version as everything that was decided about it has it: row, package, attestation, alias and approvals agree."""

import time
from typing import TYPE_CHECKING, NamedTuple

from terrarium.models.approval import Approval, check_approved
from terrarium.models.attestation import VersionAttestation
from terrarium.models.attestations import Attestations
from terrarium.models.errors import ModelTamperedError, NotSubmittableError
from terrarium.models.reference import ModelReference
from terrarium.models.registry import Registry
from terrarium.models.tags import CHAMPION
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["Verified", "attestations_of", "champion_of", "verify"]

_REPLICA_DELAY = 2  # s; Aurora's replicas lag by less than 100 ms as a rule


class Verified(NamedTuple):
    """A version that was verified.

    Attributes:
        version: The version.
        attested: Its attestation.
        approvals: The approvals of its package.
    """

    version: ModelVersion
    attested: VersionAttestation
    approvals: tuple[Approval, ...]


def attestations_of(connection: "Connection") -> Attestations:
    """Return the attestations of an environment."""
    return Attestations(connection.manifest, session=connection.session)


def verify(connection: "Connection", registry: Registry, reference: str | ModelReference) -> Verified:
    """Return the version that a reference means, if the registry's bucket attests all that the database states of it.

    Args:
        connection: The environment.
        registry: Its registry.
        reference: E.g. `churn@champion`, of which the last move is verified too.

    Raises:
        ModelNotFoundError: There is no such version.
        NotSubmittableError: The version was not submitted by `lab.models`.
        AttestationMissingError: Nothing attests the version, or the move of the alias.
        ModelTamperedError: The database states something else than what was attested; what differs is named.
        ApprovalMissingError: It is the champion of an environment that wants approval, and nobody approved it.
    """
    asked = ModelReference.parse(reference) if isinstance(reference, str) else reference
    try:
        return _verified(connection, registry, asked)
    except ModelTamperedError:
        if asked.alias is None:
            raise
        time.sleep(_REPLICA_DELAY)  # the alias may have moved this moment, and a replica not know it yet
        return _verified(connection, registry, asked)


def champion_of(connection: "Connection", registry: Registry, name: str) -> ModelVersion | None:
    """Return the version that new ones are compared with, verified if `lab.models` submitted it."""
    version = registry.champion(name)
    if version is None or version.artifact is None:
        return version
    return verify(connection, registry, ModelReference(name, None, CHAMPION)).version


def _verified(connection: "Connection", registry: Registry, asked: ModelReference) -> Verified:
    version, attestations = registry.resolve(asked), attestations_of(connection)
    if version.artifact is None:
        raise NotSubmittableError(
            f"{version.reference} was not submitted by lab.models, so that nothing vouches for its content",
            remedy="load it by MLflow itself, or submit its run: lab.models.submit(run, name)",
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
