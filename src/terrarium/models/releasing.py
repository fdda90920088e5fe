"""Writing the release of a version: from the database and the run's artifacts to the registry's bucket."""

from typing import TYPE_CHECKING

from terrarium.aws import explained
from terrarium.models.errors import NotSubmittableError
from terrarium.models.registry import Registry
from terrarium.models.release import Release, ReleasedRun
from terrarium.models.release_storage import ReleaseStorage
from terrarium.models.version import ModelVersion
from terrarium.record.tags import RECORD_FOLDER

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["release_storage", "write_release"]


def release_storage(lab: "Lab") -> ReleaseStorage:
    """Return the releases of an environment."""
    return ReleaseStorage(lab.environment, lab.manifest.registry, session=lab.session)


def write_release(lab: "Lab", version: ModelVersion, *, registry: Registry) -> bool:
    """Write the release and the approvals of a version; what is there already stays as it is.

    The caller holds `registry.alone(version.name)`: of two that write at once, one finds the other's release.

    Args:
        lab: The environment of the version.
        version: The version.
        registry: Of the same environment.

    Returns:
        Whether the release was missing.

    Raises:
        NotSubmittableError: The version was not submitted by `lab.models`.
    """
    if version.artifact is None:
        raise NotSubmittableError(
            f"{version.reference} was not submitted by lab.models: there is no package that its release could name",
            remedy="submit its run: lab.models.submit(run, name)",
        )
    storage = release_storage(lab)
    for approval in version.approvals:
        if storage.approval(version.name, version.version, approval.environment) is None:
            storage.put_approval(version.name, version.version, approval)
    if storage.find(version.name, version.version) is not None:
        return False
    runs = registry.recording  # not the reader, which may lag behind
    run = runs.get_run(version.run)
    experiment = runs.get_experiment(run.info.experiment_id).name
    release = Release.of(
        version,
        ReleasedRun.of(run, experiment=experiment),
        environment=lab.environment,
        account=lab.manifest.account,
    )
    storage.put(release, _record(lab, run.info.artifact_uri))
    return True


def _record(lab: "Lab", artifact_uri: str) -> dict[str, bytes]:
    """Return the artifacts of a run's record, by their path below the record's folder."""
    bucket, _, key = artifact_uri.removeprefix("s3://").partition("/")
    prefix, s3 = f"{key}/{RECORD_FOLDER}", lab.session.client("s3")
    with explained(f"read the record at {artifact_uri}/{RECORD_FOLDER}"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return {
            key.removeprefix(prefix): s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys
        }
