"""Rules of Batch for jobs and job definitions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from terrarium_sandbox.rules.batch.message import MODEL, QUOTAS, refused
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_KIB = 1024
_LARGEST_JOB = 30  # KiB
_LARGEST_DEFINITION = 24  # KiB
_LONGEST_REASON = 1024


@rule(
    "job-size",
    on=("batch:SubmitJob",),
    code="ClientException",
    source=f"{QUOTAS}, maximum job payload size; ASFHyP3/hyp3 issue 3041",
)
def job_size(request: Request) -> str | None:
    """The request for a job must have less than 30 KiB."""
    size = len(json.dumps(request.parameters, separators=(",", ":"), default=str).encode())
    if size < _LARGEST_JOB * _KIB:
        return None
    return refused(f"Job size must be less than {_LARGEST_JOB} KiB, got {size // _KIB} KiB")


@rule(
    "job-definition-size",
    on=("batch:RegisterJobDefinition",),
    code="ClientException",
    source=f"{QUOTAS}, maximum job definition size",
)
def job_definition_size(request: Request) -> str | None:
    """A job definition must have at most 24 KiB."""
    size = len(json.dumps(request.parameters, separators=(",", ":"), default=str).encode())
    if size <= _LARGEST_DEFINITION * _KIB:
        return None
    return refused(f"Job definition size must be less than {_LARGEST_DEFINITION} KiB, got {size // _KIB} KiB")


@rule(
    "job-definition-resources",
    on=("batch:RegisterJobDefinition",),
    code="ClientException",
    source="ASFHyP3/hyp3 pull request 586; awsdocs/aws-cloudformation-user-guide pull request 732",
)
def job_definition_resources(request: Request) -> str | None:
    """The container of a job definition, and of each of its node ranges, must have vCPUs and memory."""
    for container in _containers(request):
        required = {one.get("type") for one in container.get("resourceRequirements", ())}
        if "VCPU" not in required and container.get("vcpus") is None:
            return refused("vCPU is not provided.")
        if "MEMORY" not in required and container.get("memory") is None:
            return refused("Memory is not provided.")
    return None


@rule(
    "job-reason-length",
    on=("batch:CancelJob", "batch:TerminateJob"),
    code="ClientException",
    source=f"{MODEL}, TerminateJobRequest.reason, CancelJobRequest.reason",
)
def job_reason_length(request: Request) -> str | None:
    """The reason for ending a job must have at most 1,024 characters."""
    if len(request.get("reason") or "") <= _LONGEST_REASON:
        return None
    return refused(f"reason must have at most {_LONGEST_REASON} characters")


@rule(
    "job-reserved-tag-prefix",
    on=("batch:RegisterJobDefinition", "batch:SubmitJob"),
    code="ClientException",
    source="AWS Batch User Guide, Tag your AWS Batch resources, Tag restrictions; Netflix/metaflow, validate_aws_tag",
)
def job_reserved_tag_prefix(request: Request) -> str | None:
    """The key of a job's tag must not start with `aws:`."""
    for key in request.get("tags") or ():
        if str(key).lower().startswith("aws:"):
            return refused(f"aws: prefixed tag key names are not allowed for external use: {key}")
    return None


def _containers(request: Request) -> Iterable[Mapping[str, Any]]:
    if request.get("containerProperties"):
        yield request.get("containerProperties")
    for nodes in (request.get("nodeProperties") or {}).get("nodeRangeProperties", ()):
        if nodes.get("container"):
            yield nodes["container"]


RULES: tuple[Rule, ...] = (
    job_size,
    job_definition_size,
    job_definition_resources,
    job_reason_length,
    job_reserved_tag_prefix,
)
