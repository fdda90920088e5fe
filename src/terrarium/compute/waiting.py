"""Reasons of jobs that have not started: Batch's reason, or the state of the queue."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

__all__ = ["Waiting", "explain_waiting"]


class Waiting(BaseModel):
    """The reason of a job that has not started.

    Attributes:
        problem: What the job waits for.
        remedy: What to do about it; None where waiting is all there is to do.
        hopeless: Whether the job cannot start until somebody changes something.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    problem: str
    remedy: str | None = None
    hopeless: bool = False

    def __str__(self) -> str:
        cannot = "it cannot start: " if self.hopeless else ""
        remedy = f"\n  -> {self.remedy}" if self.remedy else ""
        return f"{cannot}{self.problem}{remedy}"


_DEPLOY: Final = "deploy the environment again (`cdktf deploy <environment>`): the job then starts"
# Prefix of `statusReason` -> problem, remedy, and whether the job cannot start until somebody changes something.
# Source: AWS Batch User Guide, "Jobs stuck in a RUNNABLE status".
_REASONS: Final = (
    ("ACTION_REQUIRED", "every compute environment of its queue is invalid", _DEPLOY, True),
    (
        "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "it requires more vCPUs than its pool may run at once",
        "cancel it and require fewer vCPUs, or raise maximum_vcpus of the pool in the environment's TOML",
        True,
    ),
    (
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        "no instance type of its pool has the resources that it requires",
        "cancel it and require less, or give the pool larger instance types in the environment's TOML",
        True,
    ),
    (
        "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
        "Batch's service role lacks a permission",
        "compare the role AWSServiceRoleForBatch with AWS' managed policy; an administrator can change it",
        True,
    ),
    (
        "MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED",
        "an instance type of its pool is not available in the pool's zones, or not with its launch template",
        "change instance_types of the pool in the environment's TOML and deploy",
        True,
    ),
    (
        "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY",
        "AWS has no free instance of its pool's types",
        "wait, or give the pool more instance types, zones, or purchase = \"on-demand\"",
        False,
    ),
    (
        "UNDETERMINED",
        "it is the first of its queue and Batch cannot place it",
        "check that the pool's subnets reach ECS, ECR and CloudWatch Logs, and the account's EC2 quotas",
        False,
    ),
)  # fmt: skip
# Of a compute environment that takes jobs (Batch API model, CEStatus).
_TAKING_JOBS: Final = ("CREATING", "UPDATING", "VALID")


def explain_waiting(
    job: Mapping[str, Any], *, queue: Mapping[str, Any] | None, environments: Sequence[Mapping[str, Any]]
) -> Waiting | None:
    """Return why a job has not started; None if it has.

    Args:
        job: The job in the form of DescribeJobs.
        queue: Its queue in the form of DescribeJobQueues; None if the queue does not exist any more.
        environments: The queue's compute environments in the form of DescribeComputeEnvironments.
    """
    match job["status"]:
        case "SUBMITTED":
            return Waiting(problem="Batch has accepted it and not looked at it yet")
        case "PENDING":
            return _pending(job)
        case "RUNNABLE":
            return _given(job.get("statusReason")) or _in_queue(job, queue, environments)
        case "STARTING":
            return Waiting(problem="its instance pulls the image and starts the container")
    return None


def _pending(job: Mapping[str, Any]) -> Waiting:
    summary = job.get("arrayProperties", {}).get("statusSummary") or {}
    counts = ", ".join(f"{count} {status}" for status, count in summary.items() if count)
    if counts:
        return Waiting(problem=f"the jobs of the array are: {counts}")
    others = ", ".join(other["jobId"] for other in job.get("dependsOn", ()) if "jobId" in other)
    return Waiting(problem=f"it depends on jobs that have not ended: {others}")


def _given(reason: str | None) -> Waiting | None:
    """Return Batch's own reason, which it gives for the first job of a queue that it cannot place."""
    for prefix, problem, remedy, hopeless in _REASONS:
        if reason and reason.startswith(prefix):
            return Waiting(problem=f"{problem} ({reason})", remedy=remedy, hopeless=hopeless)
    return None


def _in_queue(
    job: Mapping[str, Any], queue: Mapping[str, Any] | None, environments: Sequence[Mapping[str, Any]]
) -> Waiting:
    name = job["jobQueue"].rpartition("/")[2]
    if queue is None:
        return Waiting(
            problem=f"its queue {name} does not exist any more",
            remedy="cancel it, and submit it again to a pool that the environment has: `terrarium describe`",
            hopeless=True,
        )
    usable = [one for one in environments if one["state"] == "ENABLED" and one["status"] in _TAKING_JOBS]
    if not usable:
        states = ", ".join(map(_state, environments)) or "there is none"
        return Waiting(
            problem=f"no compute environment of its queue {name} takes jobs ({states})",
            remedy=f"{_DEPLOY}, or cancel it",
            hopeless=True,
        )
    vcpus = sum((one.get("computeResources") or {}).get("maxvCpus", 0) for one in usable)
    return Waiting(
        problem=f"queue {name} starts an instance for it, or has no room: it runs {vcpus} vCPUs at most"
    )


def _state(environment: Mapping[str, Any]) -> str:
    state = "DISABLED" if environment["state"] == "DISABLED" else environment["status"]
    reason = environment.get("statusReason")
    because = f": {reason}" if state == "INVALID" and reason else ""
    return f"{environment['computeEnvironmentName']} is {state}{because}"
