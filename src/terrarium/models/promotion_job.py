"""The promotion as a Batch job in the target's network, the only place from which the target's database is reached."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.compute.batch.job import BatchJob
from terrarium.compute.job import Job
from terrarium.compute.state import JobState
from terrarium.manifest import OPERATION_TAG, promotion_job_definition
from terrarium.models.errors import PromotionFailedError, PromotionRefusedError
from terrarium.models.reference import version_by_number

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["late_lines", "run_promotion_job"]

# The log driver delivers the last lines of a container some seconds after the container has ended.
_LOG_DELAY = 30.0  # s
_OUTCOMES = {
    True: "promoted: ",
    False: "terrarium: ",
}  # how the line begins by which the command ends, by success


def run_promotion_job(reference: str, *, target: "Connection", say: Callable[[str], object]) -> None:
    """Start the job that promotes a version, follow it to its end, and repeat what it prints.

    Args:
        reference: The version in the source, by its number: `churn/3`.
        target: The environment that it is promoted to.
        say: Gets the job's id, then every line that the job prints.

    Raises:
        ModelNameError: The reference names an alias, or is none.
        PromotionRefusedError: The target takes models from no other environment.
        AccessDeniedError: The caller may not start the job.
        PromotionFailedError: The job failed.
    """
    name, version = version_by_number(reference)
    asked = f"{name}/{version}"
    known = target.manifest.registry.promotes_from
    if known is None:
        raise PromotionRefusedError(
            f"environment {target.environment!r} takes models from no other environment",
            remedy=f"set registry.promotes_from in environments/{target.environment}.toml and deploy both",
        )
    job = _submit(asked, target)
    say(f"promotion of {asked} from {known.environment} to {target.environment}: job {job.id}")
    said = 0
    for line in job.logs(follow=True):
        say(line)
        said += 1
    state = job.wait()
    for line in late_lines(job, state, said=said):
        say(line)
    if state.failure is not None:
        raise PromotionFailedError(
            f"the promotion of {asked} to {target.environment!r} failed (job {job.id}): {state.failure.problem}",
            remedy=f"read the reason in its log: terrarium jobs logs {job.id} --environment {target.environment}",
        )


def _submit(asked: str, target: "Connection") -> BatchJob:
    pools = target.manifest.compute.pools
    queue = next((pool for pool in pools if pool.accelerator == "none"), pools[0]).queue_arn
    with translate_errors(f"start the promotion of {asked} to {target.environment!r}"):
        submitted = target.session.client("batch").submit_job(
            jobName="promote",
            jobQueue=queue,
            jobDefinition=promotion_job_definition(target.environment),
            shareIdentifier="operators",
            parameters={"version": asked, "requested_by": target.session.caller},
            tags={"environment": target.environment, OPERATION_TAG: "promotion"},
        )
    return BatchJob(
        submitted["jobId"], session=target.session, log_group=target.manifest.compute.log_group, size=0
    )


def late_lines(job: Job, state: JobState, *, said: int, seconds: float = _LOG_DELAY) -> Iterator[str]:
    """Return the lines that arrive after a job has ended, until the one that states the outcome.

    Args:
        job: The job, which has ended.
        state: How it ended.
        said: Number of lines that were read before.
        seconds: How long to wait for the outcome.
    """
    deadline = time.monotonic() + seconds
    lines = list(job.logs())
    while not any(line.startswith(_OUTCOMES[state.succeeded]) for line in lines):
        if state.started is None or time.monotonic() >= deadline:
            break
        time.sleep(1)
        lines = list(job.logs())
    yield from lines[said:]
