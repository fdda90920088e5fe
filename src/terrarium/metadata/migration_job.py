"""The migration as a Batch job in the network of the database."""

import time
from collections.abc import Callable
from typing import Any

from terrarium.aws import Session, translate_errors
from terrarium.errors import Error
from terrarium.manifest import OPERATION_TAG, PlatformManifest, operations_pool

__all__ = ["run_migration_job"]

_LOOK_EVERY = 5  # s; Batch limits how long the job may wait and run


def run_migration_job(
    manifest: PlatformManifest,
    *,
    session: Session,
    say: Callable[[str], object],
    look_every: float = _LOOK_EVERY,
) -> None:
    """Submit the environment's migration job, and wait for its end.

    Args:
        manifest: The manifest of the environment.
        session: The session of a deployer.
        say: Called with each change of the job's status.
        look_every: The polling interval, in seconds.

    Raises:
        Error: The job failed. The error contains Batch's reason and the name of the log stream.
    """
    batch = session.client("batch")
    queue = operations_pool(manifest.compute.pools).queue_arn
    with translate_errors(f"submit the migration of {manifest.environment!r}"):
        job_id = batch.submit_job(
            jobName="migrate",
            jobQueue=queue,
            jobDefinition=manifest.compute.migration_job_definition_arn,
            shareIdentifier="operators",
            tags={**manifest.job_tags, OPERATION_TAG: "migration"},
        )["jobId"]
    status = None
    while status not in ("SUCCEEDED", "FAILED"):
        job: dict[str, Any] = batch.describe_jobs(jobs=[job_id])["jobs"][0]
        if job["status"] != status:
            status = job["status"]
            say(f"migration job {job_id} is {status}")
        elif status not in ("SUCCEEDED", "FAILED"):
            time.sleep(look_every)
    if status == "FAILED":
        stream = job.get("container", {}).get("logStreamName") or "(it never began)"
        raise Error(
            f"the migration of {manifest.environment!r} failed: {job.get('statusReason', 'Batch gives no reason')}",
            remedy=f"read its log: group {manifest.compute.log_group}, stream {stream}",
        )
