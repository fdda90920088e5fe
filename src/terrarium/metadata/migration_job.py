"""The migration as a job inside the network, where the database can be reached."""

import time
from collections.abc import Callable
from typing import Any

from terrarium.aws import Session, translate_errors
from terrarium.errors import Error
from terrarium.manifest import OPERATION_TAG, PlatformManifest

__all__ = ["run_migration_job"]

_LOOK_EVERY = 5  # s; Batch itself bounds how long the job may wait and run


def run_migration_job(
    manifest: PlatformManifest,
    *,
    session: Session,
    say: Callable[[str], object],
    look_every: float = _LOOK_EVERY,
) -> None:
    """Submit the environment's migration job, and follow it to its end.

    Args:
        manifest: The environment's.
        session: Whose rights to use: those of a deployer.
        say: Is told every change of the job's status.
        look_every: Seconds between two looks.

    Raises:
        Error: The job failed, with Batch's reason and where its log is.
    """
    batch = session.client("batch")
    # An instance with GPUs runs it too, where there are no others.
    queue = min(manifest.compute.pools, key=lambda pool: pool.accelerator != "none").queue_arn
    with translate_errors(f"submit the migration of {manifest.environment!r}"):
        job_id = batch.submit_job(
            jobName="migrate",
            jobQueue=queue,
            jobDefinition=manifest.compute.migration_job_definition_arn,
            shareIdentifier="operators",
            tags={"environment": manifest.environment, OPERATION_TAG: "migration"},
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
