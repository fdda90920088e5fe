"""Arguments of SubmitJob."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from terrarium import env_vars as variables
from terrarium.artifacts import ArtifactRef
from terrarium.compute.code.upload import ShippedFolder
from terrarium.compute.errors import JobRequestError
from terrarium.compute.request import JobRequest
from terrarium.manifest import ComputePool

__all__ = ["submission"]

_ENTRY_POINT = ("python", "-m", "terrarium.compute.entry_point")
# Source: AWS General Reference, "Tag naming limits and requirements".
_NOT_IN_TAGS = re.compile(r"[^\w\s.:/=+@-]")
_LONGEST_TAG = 256
_MOST_TAGS = 50
# Amazon ECS API, RunTask, overrides: JSON's own characters included. Batch itself takes 30 KiB; a job between the two
# limits fails with "Container Overrides length must be at most 8192" (Netflix/metaflow issue 1482).
_LONGEST_OVERRIDES = 8192  # characters


def submission(
    request: JobRequest,
    *,
    tags: Mapping[str, str],
    job_definition: str,
    pool: ComputePool,
    code: ShippedFolder | None,
    lock: ArtifactRef | None,
    share: str,
    depends_on: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """Return the arguments of boto3's `submit_job`.

    Args:
        request: The request of the job.
        tags: The tags of all jobs of the environment.
        job_definition: ARN of the job definition of its image.
        pool: The pool.
        code: The uploaded code, if there is any.
        lock: The lock of its packages, if there is one.
        share: Share identifier of the user: users with little recent use come first.
        depends_on: Dependencies in the form of Batch.
    """
    container = _overrides(request, code, lock)
    call: dict[str, Any] = {
        "jobName": request.name,
        "jobQueue": pool.queue_arn,
        "jobDefinition": job_definition,
        "shareIdentifier": share,
        "propagateTags": True,
        "tags": _tags(request, tags),
    }
    if request.resources.nodes > 1:
        call["nodeOverrides"] = {
            "numNodes": request.resources.nodes,
            "nodePropertyOverrides": [{"targetNodes": "0:", "containerOverrides": container}],
        }
    else:
        call["containerOverrides"] = container
    if request.array is not None:
        call["arrayProperties"] = {"size": request.array}
    if request.deadline is not None:
        call["timeout"] = {"attemptDurationSeconds": request.deadline}
    if request.retries is not None:
        call["retryStrategy"] = {"attempts": request.retries + 1}
    if depends_on:
        call["dependsOn"] = list(depends_on)
    _check_size(request, container)
    return call


def _check_size(request: JobRequest, container: Mapping[str, Any]) -> None:
    """Refuse a job that would fail at its start: Batch accepts up to 30 KiB, ECS less."""
    passed_on = {name: container[name] for name in ("command", "environment")}
    length = len(json.dumps({"containerOverrides": [passed_on]}, separators=(",", ":")))
    if length > _LONGEST_OVERRIDES:
        inputs = f", {len(request.inputs)} inputs" if request.inputs else ""
        raise JobRequestError(
            f"command and variables of job {request.name!r} have {length:,} characters{inputs}; "
            f"ECS allows {_LONGEST_OVERRIDES:,}",
            remedy="put many values into a file (lab.artifacts.put) and many inputs into a folder or a dataset, "
            "and pass one reference to the job",
        )


def _tags(request: JobRequest, of_environment: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of the environment's resources, the use case and run of the job, and the tags of the request."""
    known = {"use-case": request.use_case, "run": request.run}
    stated = {key: _NOT_IN_TAGS.sub("-", value)[:_LONGEST_TAG] for key, value in known.items() if value}
    tags = {**of_environment, **stated, **request.tags}
    if len(tags) > _MOST_TAGS:
        raise JobRequestError(
            f"job {request.name!r} would have {len(tags)} tags with those of the environment; Batch allows "
            f"{_MOST_TAGS}",
            remedy=f"pass at most {_MOST_TAGS - len({**of_environment, **stated})} tags",
        )
    return tags


def _overrides(request: JobRequest, code: ShippedFolder | None, lock: ArtifactRef | None) -> dict[str, Any]:
    given = dict(request.variables)
    if code is not None:
        given |= {variables.CODE: str(code.code), variables.FOLDER: code.folder}
    if lock is not None:
        given[variables.LOCK] = str(lock)
    if request.inputs:
        given[variables.INPUTS] = json.dumps({name: str(ref) for name, ref in request.inputs.items()})
    if request.run is not None:
        given[variables.RUN] = request.run
    if request.array is not None:
        given[variables.SIZE] = str(request.array)
    requirements = {"VCPU": request.resources.vcpus, "MEMORY": request.resources.memory}
    if request.resources.gpus:
        requirements["GPU"] = request.resources.gpus
    return {
        "command": [*_ENTRY_POINT, *request.command],
        "environment": [{"name": name, "value": value} for name, value in given.items()],
        "resourceRequirements": [{"type": kind, "value": str(n)} for kind, n in requirements.items()],
    }
