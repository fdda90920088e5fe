"""Explanations of failed jobs: a problem and a remedy for each reason that Batch or ECS reports."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

__all__ = ["NOT_PREPARED", "Failure", "explain_failure"]


class Failure(BaseModel):
    """The reason of a failure.

    Attributes:
        problem: What happened.
        remedy: What to do next.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    problem: str
    remedy: str


# Pattern of the reason of Batch or ECS -> problem, remedy. The first match counts.
# Source: AWS Batch User Guide, "Troubleshooting AWS Batch" and "Automated job retries".
_MEANINGS: Final = (
    (
        r"^Host EC2",
        "its instance ended: AWS reclaimed it (spot), or it failed",
        "submit it with more retries, write checkpoints, or choose a pool that is on-demand",
    ),
    (
        r"OutOfMemory",
        "it used more memory than it requested, and was killed",
        "request more: Resources(memory=...), in MiB",
    ),
    (
        r"attempt duration exceeded timeout",
        "it reached its deadline and was stopped",
        "find the place where it hangs in its last log lines, or raise the deadline: deadline=...",
    ),
    (
        r"CannotPull",
        "its image cannot be pulled",
        "check that the image and its tag exist, and that the execution role may pull it from there",
    ),
    (
        r"CannotStartContainer",
        "its command cannot be started in its image",
        "check the command's first word: it must be a program of the image",
    ),
    (
        r"Container Overrides length",
        "its command and variables are longer than ECS allows",
        "put many values into a file and many inputs into a folder or a dataset, and give the job one reference",
    ),
    (
        r"log group does not exist",
        "its log group does not exist any more",
        "deploy the environment again: `cdktf deploy`",
    ),
    (
        r"unable to pull secrets",
        "ECS cannot read a secret of the job",
        "check that the secret exists and the execution role may read it",
    ),
    (
        r"unable to assume the role",
        "its role cannot be assumed",
        "deploy the environment again: the role's trust must name ecs-tasks.amazonaws.com",
    ),
    (
        r"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "it was never placed: it requests more vCPUs than its pool may run at once",
        "request less, or raise the pool's maximum_vcpus in the environment's TOML",
    ),
    (
        r"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        "it was never placed: no instance type of its pool has the requested resources",
        "request less, or give the pool larger instance types in the environment's TOML",
    ),
    (
        r"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "it was never placed: AWS had no free instance of its types for longer than jobs of the pool may wait",
        "try again later, or give the pool more instance types, zones, or on-demand purchase",
    ),
    (
        r"^Dependent Job failed",
        "a job that it depends on failed, so it never ran",
        "find the reason of that failure first: `terrarium jobs show`",
    ),
    (
        r"^Array Child Job failed",
        "not every job of the array succeeded",
        "list the failed jobs: job.results(), or `terrarium jobs show`",
    ),
    (
        r"^Cancelled: ",
        "it was cancelled",
        "submit it again if it is still needed",
    ),
)  # fmt: skip
NOT_PREPARED: Final = 125  # exit code if no command was started, as in `env` and `docker run`
_SIGNALS: Final = {134: "SIGABRT", 137: "SIGKILL", 139: "SIGSEGV (a crash in native code)", 143: "SIGTERM"}


def explain_failure(*, reason: str | None, container_reason: str | None, exit_code: int | None) -> Failure:
    """Return the reason of a failed job, and a remedy.

    Args:
        reason: `statusReason` of the job.
        container_reason: `reason` of its container.
        exit_code: Exit code of its process.
    """
    said = [text for text in (container_reason, reason) if text]
    for pattern, problem, remedy in _MEANINGS:
        words = next((text for text in said if re.search(pattern, text)), None)
        if words is not None:
            return Failure(problem=f"{problem} ({words})", remedy=remedy)
    if exit_code == NOT_PREPARED:
        return Failure(
            problem=f"its code or its packages could not be provided (code {exit_code})",
            remedy="its log states the reason and a remedy: job.logs(), or `terrarium jobs logs`",
        )
    if exit_code:
        meaning = f", by {_SIGNALS[exit_code]}" if exit_code in _SIGNALS else ""
        return Failure(
            problem=f"its command ended with code {exit_code}{meaning}",
            remedy="read its log: job.logs(), or `terrarium jobs logs`",
        )
    return Failure(
        problem=": ".join(said) or "Batch gives no reason",
        remedy="read its log: job.logs(), or `terrarium jobs logs`",
    )
