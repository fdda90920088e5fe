"""Attestation of versions that an SDK without attestations submitted."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.models.candidate import packaged_candidate
from terrarium.models.errors import ModelTamperedError, NotSubmittableError
from terrarium.models.gates import check_gates
from terrarium.models.registry import Registry
from terrarium.models.releasing import attest_version
from terrarium.models.storage import PackageStorage
from terrarium.models.verified import attestations_of
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["attest_submitted"]

# These gates depend on the time of the submission and on the champion at that time.
_NOT_ASKED_AGAIN = {"data_days": None, "champion_margin": None}


def attest_submitted(connection: "Connection", registry: Registry, version: ModelVersion) -> bool:
    """Attest a version if its package is valid and passes the gates; see `Models.release`."""
    if version.artifact is None:
        raise NotSubmittableError(
            f"{version.reference} was not submitted by lab.models: there is no package to attest",
            remedy="submit its run: lab.models.submit(run, name)",
        )
    if attestations_of(connection).find(version.name, version.version) is not None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder)
        PackageStorage(connection.manifest.registry, session=connection.session).get(
            version.artifact, package
        )
        candidate = packaged_candidate(
            package, name=version.name, reference=version.reference, data_as_of=version.data_as_of
        )
    check_gates(
        candidate,
        connection.manifest.registry.gates.model_copy(update=_NOT_ASKED_AGAIN),
        champion=None,
        environment=connection.environment,
    )
    # As text, in which NaN equals itself.
    if str(candidate.metrics) != str(version.metrics):
        raise ModelTamperedError(
            f"the metrics of {version.reference} in the database ({version.metrics}) are not those of its package "
            f"({candidate.metrics})",
            remedy="submit its run again: lab.models.submit(run, name)",
        )
    with registry.lock(version.name):
        return attest_version(connection, version, registry=registry)
