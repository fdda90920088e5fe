"""Why a job failed, and what to do: from Batch's words to ours."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

__all__ = ["NOT_PREPARED", "Failure", "explain_failure"]


class Failure(BaseModel):
    """A reason in words.

    Attributes:
        problem: What happened.
        remedy: What to do about it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    problem: str
    remedy: str


# What Batch or ECS says -> what that means. The first that matches counts.
# Source: AWS Batch User Guide, "Troubleshooting AWS Batch" and "Automated job retries".
_MEANINGS: Final = (
    (
        r"^Host EC2",
        "the instance it ran on went away: reclaimed, if the pool is spot, else broken",
        "submit it with more retries, write checkpoints, or choose a pool that is on-demand",
    ),
    (
        r"OutOfMemory",
        "it took more memory than it had asked for, and was killed",
        "ask for more: Resources(memory=...), in MiB",
    ),
    (
        r"attempt duration exceeded timeout",
        "it reached its deadline, and was stopped",
        "look at its last log lines for where it hangs, or give it longer: deadline=...",
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
        "its command and variables are longer than ECS takes",
        "put many values into a file and many inputs into a folder or a dataset, and give the job one reference",
    ),
    (
        r"log group does not exist",
        "the log group it should write to is gone",
        "deploy the environment again: `cdktf deploy`",
    ),
    (
        r"unable to pull secrets",
        "a secret that it needs cannot be had",
        "check that the secret exists and the execution role may read it",
    ),
    (
        r"unable to assume the role",
        "its role cannot be assumed",
        "deploy the environment again: the role's trust must name ecs-tasks.amazonaws.com",
    ),
    (
        r"MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "it was never placed: it asks for more vCPUs than its pool may run at once",
        "ask for less, or raise the pool's maximum_vcpus in the environment's TOML",
    ),
    (
        r"MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        "it was never placed: no instance type of its pool has what it asks for",
        "ask for less, or give the pool larger instance types in the environment's TOML",
    ),
    (
        r"CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "it was never placed: AWS had no such instance for longer than the pool lets jobs wait",
        "try again later, or give the pool more instance types, zones, or on-demand purchase",
    ),
    (
        r"^Dependent Job failed",
        "a job that it depends on failed, so it never ran",
        "look at that one first",
    ),
    (
        r"^Array Child Job failed",
        "not every job of the array succeeded",
        "look at those that failed: job.results(), or `terrarium jobs show`",
    ),
    (
        r"^Cancelled: ",
        "it was cancelled",
        "submit it again, if that was not meant",
    ),
)  # fmt: skip
NOT_PREPARED: Final = 125  # exit code where no command was begun, as `env` and `docker run` have it
_SIGNALS: Final = {134: "SIGABRT", 137: "SIGKILL", 139: "SIGSEGV (a crash in native code)", 143: "SIGTERM"}


def explain_failure(*, reason: str | None, container_reason: str | None, exit_code: int | None) -> Failure:
    """Say why a job failed.

    Args:
        reason: `statusReason` of the job.
        container_reason: `reason` of its container.
        exit_code: Of its process.
    """
    said = [text for text in (container_reason, reason) if text]
    for pattern, problem, remedy in _MEANINGS:
        words = next((text for text in said if re.search(pattern, text)), None)
        if words is not None:
            return Failure(problem=f"{problem} ({words})", remedy=remedy)
    if exit_code == NOT_PREPARED:
        return Failure(
            problem=f"its code or its packages could not be provided (code {exit_code})",
            remedy="its log says which, and what to do: job.logs(), or `terrarium jobs logs`",
        )
    if exit_code:
        meaning = f", by {_SIGNALS[exit_code]}" if exit_code in _SIGNALS else ""
        return Failure(
            problem=f"its command ended with code {exit_code}{meaning}",
            remedy="its log says why: job.logs(), or `terrarium jobs logs`",
        )
    return Failure(problem=": ".join(said) or "Batch gives no reason", remedy="see its log, if there is one")
