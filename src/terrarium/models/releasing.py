"""Writer of the release and the attestation of a version."""

from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.models._approval import Approval
from terrarium.models._release import Release, ReleasedRun
from terrarium.models.attestations import Attestations
from terrarium.models.registry import Registry
from terrarium.models.release_storage import ReleaseStorage
from terrarium.models.version import ModelVersion
from terrarium.record.tags import RECORD_FOLDER

if TYPE_CHECKING:
    from terrarium.aws import Session
    from terrarium.connection import Connection

__all__ = ["attest_version", "release_storage"]


def release_storage(connection: "Connection") -> ReleaseStorage:
    """Return the releases of an environment."""
    return ReleaseStorage(connection.environment, connection.manifest.registry, session=connection.session)


def attest_version(
    connection: "Connection",
    version: ModelVersion,
    *,
    registry: Registry,
    promoted: bool = False,
    approval: Approval | None = None,
) -> bool:
    """Write the release and the attestation of a version, unless it is attested already.

    The caller must hold `registry.lock(version.name)` and must have verified the version.

    Args:
        connection: The environment of the version.
        version: The version.
        registry: Of the same environment.
        promoted: Whether a promotion made the version.
        approval: By which it was promoted.

    Returns:
        Whether the attestation was missing.
    """
    attestations = Attestations(connection.manifest, session=connection.session)
    if attestations.find(version.name, version.version) is not None:
        return False
    runs = registry.recording  # not the reader, which may lag behind
    run = runs.get_run(version.run)
    experiment = runs.get_experiment(run.info.experiment_id).name
    release = Release.of(
        version,
        ReleasedRun.of(run, experiment=experiment),
        environment=connection.environment,
        account=connection.manifest.account,
    )
    written = release_storage(connection).put(release, _record(connection.session, run.info.artifact_uri))
    attestations.attest(version, release=written, promoted=promoted, approval=approval)
    return True


def _record(session: "Session", artifact_uri: str) -> dict[str, bytes]:
    """Return the artifacts of a run's record, by their path below the record's folder."""
    bucket, _, key = artifact_uri.removeprefix("s3://").partition("/")
    prefix, s3 = f"{key}/{RECORD_FOLDER}", session.client("s3")
    with translate_errors(f"read the record at {artifact_uri}/{RECORD_FOLDER}"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return {
            key.removeprefix(prefix): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys
        }
