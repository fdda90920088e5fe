"""Descriptions of jobs, as DescribeJobs and ListJobs return them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from terrarium_sandbox.services.batch.job import STATUSES, Container, Job
from terrarium_sandbox.services.batch.jobs import Jobs

__all__ = ["attempt_of", "describe", "node_summaries", "summarize"]

_SHOWN = (
    "command", "environment", "ephemeralStorage", "executionRoleArn", "fargatePlatformConfiguration", "image",
    "instanceType", "jobRoleArn", "linuxParameters", "logConfiguration", "memory", "mountPoints",
    "networkConfiguration", "privileged", "readonlyRootFilesystem", "resourceRequirements", "runtimePlatform",
    "secrets", "ulimits", "user", "vcpus", "volumes",
)  # fmt: skip
_LISTS = ("environment", "mountPoints", "resourceRequirements", "secrets", "ulimits", "volumes")


def describe(job: Job, jobs: Jobs, *, tags: dict[str, str], node: int | None = None) -> dict[str, Any]:
    """Return a job, or one node of it, as DescribeJobs returns it.

    Args:
        job: The job.
        jobs: All jobs, to find its children.
        tags: The tags of the job.
        node: The index of the node; None for the job.
    """
    description = {
        **_common(job),
        "jobQueue": job.queue,
        "dependsOn": [dict(dependency) for dependency in job.depends_on],
        "parameters": job.parameters,
        "attempts": job.attempts,
        "tags": tags,
        "platformCapabilities": [job.platform],
        "propagateTags": job.propagate_tags,
        "retryStrategy": {"attempts": job.retry.attempts, "evaluateOnExit": list(job.retry.rules)},
        **_known(
            timeout={"attemptDurationSeconds": job.timeout} if job.timeout else None,
            shareIdentifier=job.share_identifier,
            schedulingPriority=job.scheduling_priority,
            nodeProperties=job.node_properties,
        ),
        "isCancelled": bool(job.ending) and not job.attempts,
        "isTerminated": bool(job.ending),
    }
    if node is not None:
        description["jobId"] = f"{job.id}#{node}"
        description["jobArn"] = f"{job.arn}#{node}"
        description["nodeDetails"] = {"nodeIndex": node, "isMainNode": node == job.main_node}
    if node is not None or not job.is_multi_node:
        description["container"] = _container(job.containers[node or 0])
    if job.array_size is not None:
        statuses = Counter(child.status for child in jobs.children(job))
        description["arrayProperties"] = {
            "size": job.array_size,
            "statusSummary": {status: statuses[status] for status in STATUSES},
        }
    elif job.array_index is not None:
        description["arrayProperties"] = {"index": job.array_index}
    return description


def summarize(job: Job) -> dict[str, Any]:
    """Return a job as ListJobs returns it."""
    main = job.containers[job.main_node].state
    summary = {**_common(job), "container": _known(exitCode=main.get("exitCode"), reason=main.get("reason"))}
    if job.array_size is not None:
        summary["arrayProperties"] = {"size": job.array_size}
    elif job.array_index is not None:
        summary["arrayProperties"] = {"index": job.array_index}
    if job.is_multi_node:
        summary["nodeProperties"] = {"numNodes": len(job.containers)}
    return summary


def node_summaries(job: Job) -> Iterator[dict[str, Any]]:
    """Return the nodes of a multi-node job as ListJobs returns them."""
    for index, container in enumerate(job.containers):
        yield {
            **_common(job),
            "jobId": f"{job.id}#{index}",
            "jobArn": f"{job.arn}#{index}",
            "container": _known(
                exitCode=container.state.get("exitCode"), reason=container.state.get("reason")
            ),
            "nodeProperties": {
                "nodeIndex": index,
                "isMainNode": index == job.main_node,
                "numNodes": len(job.containers),
            },
        }


def attempt_of(job: Job, status_reason: str, *, stopped_at: int) -> dict[str, Any]:
    """Return the record of the attempt that has just ended."""
    return {
        "container": {**job.containers[job.main_node].state, "networkInterfaces": []},
        "statusReason": status_reason,
        **_known(startedAt=job.started_at),
        "stoppedAt": stopped_at,
    }


def _common(job: Job) -> dict[str, Any]:
    return {
        "jobArn": job.arn,
        "jobId": job.id,
        "jobName": job.name,
        "jobDefinition": job.definition,
        "createdAt": job.created_at,
        "status": job.status,
        **_known(statusReason=job.status_reason or None, startedAt=job.started_at, stoppedAt=job.stopped_at),
    }


def _container(container: Container) -> dict[str, Any]:
    shown = {name: container.properties[name] for name in _SHOWN if name in container.properties}
    return {**{name: [] for name in _LISTS}, **shown, **container.state, "networkInterfaces": []}


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
