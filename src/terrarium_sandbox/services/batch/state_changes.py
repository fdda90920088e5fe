"""Events of Batch in EventBridge: the changes of a job's status."""

from moto.batch.models import batch_backends

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.batch.descriptions import describe
from terrarium_sandbox.services.batch.job import Job
from terrarium_sandbox.services.batch.jobs import Jobs
from terrarium_sandbox.services.events.service_events import ServiceEvents

__all__ = ["StateChanges", "tags_of"]


class StateChanges:
    """Publishes the events of jobs to EventBridge.

    https://docs.aws.amazon.com/batch/latest/userguide/batch_cwe_events.html

    Args:
        sandbox: The host.
        jobs: All jobs.
    """

    def __init__(self, sandbox: Sandbox, jobs: Jobs) -> None:
        self._events = ServiceEvents(sandbox)
        self._jobs = jobs

    def publish(self, job: Job) -> None:
        """Publish the status of a job."""
        self._events.publish(
            account=job.account,
            region=job.region,
            source="aws.batch",
            kind="Batch Job State Change",
            resources=[job.arn],
            detail=lambda: describe(job, self._jobs, tags=tags_of(job)),
        )


def tags_of(job: Job) -> dict[str, str]:
    """Return the tags of a job; children have those of their array job."""
    arn = job.arn if job.parent is None else job.arn.rpartition(":")[0]
    tags: dict[str, str] = batch_backends[job.account][job.region].list_tags_for_resource(arn)
    return tags
