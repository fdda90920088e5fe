"""SubmitJob: the job of a request, or the array job and its children."""

import copy
import re
import uuid
from dataclasses import replace
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend, JobDefinition, JobQueue

from terrarium_sandbox.services.batch.containers import container_of, nodes_of
from terrarium_sandbox.services.batch.job import Container, Job
from terrarium_sandbox.services.batch.jobs import Jobs, now
from terrarium_sandbox.services.batch.retries import RetryStrategy

__all__ = ["submit"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_ARRAY_SIZES = range(2, 10_001)
_MOST_DEPENDENCIES = 20
_MOST_ATTEMPTS = 10
_SHORTEST_TIMEOUT = 60  # s


def submit(backend: BatchBackend, jobs: Jobs, request: dict[str, Any]) -> list[Job]:
    """Return the new job, followed by its children if it is an array job.

    Raises:
        ClientException: The request names a resource that does not exist, or is invalid.
    """
    definition = backend.get_job_definition(request["jobDefinition"])
    if definition is None or definition.status != "ACTIVE":
        raise _refused(f"JobDefinition with id {request['jobDefinition']} does not exist or is not active")
    queue = backend.get_job_queue(request["jobQueue"])
    if queue is None or queue.state != "ENABLED":
        raise _refused(f"Job queue {request['jobQueue']} does not exist or is not enabled")
    _check(request, queue)
    job = _job(backend, queue, definition, request)
    _check_dependencies(backend, jobs, job)
    if job.array_size is None:
        return [job]
    children = [
        replace(
            job,
            id=f"{job.id}:{index}",
            containers=copy.deepcopy(job.containers),
            array_size=None,
            array_index=index,
            parent=job.id,
            attempts=[],
        )
        for index in range(job.array_size)
    ]
    return [job, *children]


def _job(backend: BatchBackend, queue: JobQueue, definition: JobDefinition, request: dict[str, Any]) -> Job:
    timeout = request.get("timeout") or definition.timeout or {}
    size = (request.get("arrayProperties") or {}).get("size")
    containers, main_node = _containers(definition, request)
    return Job(
        id=str(uuid.uuid4()),
        name=request["jobName"],
        account=backend.account_id,
        region=backend.region_name,
        queue=queue.arn,
        definition=definition.arn,
        containers=containers,
        main_node=main_node,
        platform=(definition.platform_capabilities or ["EC2"])[0],
        node_properties=_node_properties(definition, len(containers)),
        created_at=now(),
        parameters={**definition.parameters, **(request.get("parameters") or {})},
        retry=RetryStrategy.of(request.get("retryStrategy") or definition.retry_strategy),
        timeout=timeout.get("attemptDurationSeconds"),
        depends_on=request.get("dependsOn") or [],
        share_identifier=request.get("shareIdentifier"),
        scheduling_priority=request.get(
            "schedulingPriorityOverride", vars(definition).get("scheduling_priority")
        ),
        propagate_tags=bool(request.get("propagateTags", definition.propagate_tags)),
        array_size=size,
        unfinished=size or 0,
    )


def _containers(definition: JobDefinition, request: dict[str, Any]) -> tuple[list[Container], int]:
    if definition.node_properties is not None:
        try:
            return nodes_of(definition.node_properties, request.get("nodeOverrides"))
        except ValueError as error:
            raise _refused(str(error)) from error
    if definition.container_properties is None or request.get("ecsPropertiesOverride"):
        raise _refused("the sandbox runs jobs with container properties, not with ECS or EKS properties")
    return [container_of(definition.container_properties, request.get("containerOverrides"))], 0


def _node_properties(definition: JobDefinition, count: int) -> dict[str, Any] | None:
    if definition.node_properties is None:
        return None
    return {**copy.deepcopy(definition.node_properties), "numNodes": count}


def _check(request: dict[str, Any], queue: JobQueue) -> None:
    if not _NAME.fullmatch(request["jobName"]):
        raise _refused("Job name should match valid pattern")
    fair = queue.schedule_policy is not None
    if fair != ("shareIdentifier" in request):
        must = "must" if fair else "must not"
        raise _refused(f"shareIdentifier {must} be specified for job queue {queue.name}")
    size = (request.get("arrayProperties") or {}).get("size")
    if size is not None and int(size) not in _ARRAY_SIZES:
        raise _refused("array size must be between 2 and 10000")
    timeout = (request.get("timeout") or {}).get("attemptDurationSeconds", _SHORTEST_TIMEOUT)
    if int(timeout) < _SHORTEST_TIMEOUT:
        raise _refused(f"attemptDurationSeconds must be at least {_SHORTEST_TIMEOUT} seconds")
    attempts = (request.get("retryStrategy") or {}).get("attempts", 1)
    if not 1 <= int(attempts) <= _MOST_ATTEMPTS:
        raise _refused("retryStrategy attempts must be between 1 and 10")


def _check_dependencies(backend: BatchBackend, jobs: Jobs, job: Job) -> None:
    if len(job.depends_on) > _MOST_DEPENDENCIES:
        raise _refused(f"a job can depend on {_MOST_DEPENDENCIES} others at most")
    for dependency in job.depends_on:
        kind = dependency.get("type")
        if kind == "SEQUENTIAL":
            if job.array_size is None:
                raise _refused("only array jobs can be SEQUENTIAL")
            continue
        other = jobs.find(backend.account_id, backend.region_name, dependency.get("jobId", ""))
        if other is None:
            raise _refused(f"Job {dependency.get('jobId')} that it depends on does not exist")
        if kind == "N_TO_N" and (job.array_size is None or other.array_size != job.array_size):
            raise _refused("N_TO_N dependencies are between array jobs of the same size")


def _refused(why: str) -> ClientException:
    return ClientException(f"Error executing request, Exception : {why}")
