"""Promotion as a Batch job in the target's network, because the target's database is private to that network."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from terrarium.aws import translate_errors
from terrarium.compute.batch.job import BatchJob
from terrarium.compute.job import Job
from terrarium.compute.state import JobState
from terrarium.manifest import OPERATION_TAG, operations_pool, promotion_job_definition
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
    """Start the job that promotes a version, wait for its end, and print its output.

    Args:
        reference: The version in the source, by its number: `churn/3`.
        target: The target environment.
        say: Called with the job's id, then with each line of its output.

    Raises:
        ModelNameError: The reference contains an alias, or is invalid.
        PromotionRefusedError: The target accepts no models from other environments.
        AccessDeniedError: The caller may not start the job.
        PromotionFailedError: The job failed.
    """
    name, version = version_by_number(reference)
    asked = f"{name}/{version}"
    known = target.manifest.registry.promotes_from
    role = target.manifest.roles.promotion_arn
    if known is None or role is None:
        raise PromotionRefusedError(
            f"environment {target.environment!r} accepts no models from other environments",
            remedy=f"set registry.promotes_from in environments/{target.environment}.toml and deploy both",
        )
    job = _submit(asked, target, definition=promotion_job_definition(role))
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


def _submit(asked: str, target: "Connection", *, definition: str) -> BatchJob:
    queue = operations_pool(target.manifest.compute.pools).queue_arn
    with translate_errors(f"start the promotion of {asked} to {target.environment!r}"):
        submitted = target.session.client("batch").submit_job(
            jobName="promote",
            jobQueue=queue,
            jobDefinition=definition,
            shareIdentifier="operators",
            parameters={"version": asked, "requested_by": target.session.caller},
            tags={**target.manifest.job_tags, OPERATION_TAG: "promotion"},
        )
    return BatchJob(
        submitted["jobId"], session=target.session, log_group=target.manifest.compute.log_group, size=0
    )


def late_lines(job: Job, state: JobState, *, said: int, seconds: float = _LOG_DELAY) -> Iterator[str]:
    """Yield the lines that arrive after the end of a job, until the line with the outcome.

    Args:
        job: The job, which has ended.
        state: The final state of the job.
        said: The number of lines that were read before.
        seconds: The maximum time to wait for the outcome.
    """
    deadline = time.monotonic() + seconds
    lines = list(job.logs())
    while not any(line.startswith(_OUTCOMES[state.succeeded]) for line in lines):
        if state.started is None or time.monotonic() >= deadline:
            break
        time.sleep(1)
        lines = list(job.logs())
    yield from lines[said:]
