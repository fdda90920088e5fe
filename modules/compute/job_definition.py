"""Batch job definitions."""

import json
from typing import Any

from cdktf_cdktf_provider_aws.batch_job_definition import (
    BatchJobDefinition,
    BatchJobDefinitionRetryStrategy,
    BatchJobDefinitionRetryStrategyEvaluateOnExit,
    BatchJobDefinitionTimeout,
)
from constructs import Construct

from modules.names import Limit, Names
from terrarium.manifest import LaunchType

__all__ = [
    "PRIORITY",
    "job_definition_arns",
    "multi_node_job_definition",
    "retries_after_reclaim",
    "single_node_job_definition",
]

# Queues with a scheduling policy refuse jobs without a priority: "Either schedulingPriority in job definition or
# schedulingPriorityOverride is required" (hashicorp/terraform-provider-aws issue 31226). Within a share, jobs with a
# higher priority start first.
PRIORITY = 1


# Status reasons of jobs whose capacity AWS took back. Source: AWS Batch User Guide, "Automated job retries"; Amazon ECS
# Developer Guide, "Amazon ECS stopped tasks error messages".
_RECLAIMED: dict[LaunchType, str] = {"ec2": "Host EC2*", "fargate": "Your Spot Task was interrupted*"}


def job_definition_arns(names: Names, name: str) -> tuple[str, ...]:
    """Return the ARNs of a job definition for IAM: without a revision, and with any revision.

    Args:
        names: The names of the environment's resources.
        name: The last part of its physical name.
    """
    named = names.arn("batch", f"job-definition/{names.physical(name, limit=Limit.BATCH)}")
    return named, f"{named}:*"


def single_node_job_definition(
    scope: Construct,
    id: str,
    *,
    names: Names,
    name: str,
    container: dict[str, Any],
    job_hours: int,
    launch_type: LaunchType = "ec2",
) -> BatchJobDefinition:
    """Create the job definition of jobs that run on one instance or Fargate task each, array jobs included."""
    return BatchJobDefinition(
        scope,
        id,
        name=names.physical(name, limit=Limit.BATCH),
        type="container",
        platform_capabilities=[launch_type.upper()],
        propagate_tags=True,
        scheduling_priority=PRIORITY,
        container_properties=json.dumps(container),
        timeout=_timeout(job_hours),
        retry_strategy=retries_after_reclaim(launch_type),
        deregister_on_new_revision=False,  # running pipelines submit their next jobs with this revision
    )


def multi_node_job_definition(
    scope: Construct, id: str, *, names: Names, name: str, container: dict[str, Any], job_hours: int
) -> BatchJobDefinition:
    """Create the job definition of multi-node jobs. Each job states its number of nodes."""
    nodes = {
        "numNodes": 2,
        "mainNode": 0,
        "nodeRangeProperties": [{"targetNodes": "0:", "container": container}],
    }
    return BatchJobDefinition(
        scope,
        id,
        name=names.physical(name, limit=Limit.BATCH),
        type="multinode",
        propagate_tags=True,
        scheduling_priority=PRIORITY,
        node_properties=json.dumps(nodes),
        timeout=_timeout(job_hours),
        retry_strategy=retries_after_reclaim(),
        deregister_on_new_revision=False,  # running pipelines submit their next jobs with this revision
    )


def _timeout(job_hours: int) -> BatchJobDefinitionTimeout:
    return BatchJobDefinitionTimeout(attempt_duration_seconds=job_hours * 3600)


def retries_after_reclaim(launch_type: LaunchType = "ec2") -> BatchJobDefinitionRetryStrategy:
    """Return the strategy that retries jobs whose capacity AWS reclaimed, and no other failed jobs."""
    return BatchJobDefinitionRetryStrategy(
        attempts=5,
        evaluate_on_exit=[
            BatchJobDefinitionRetryStrategyEvaluateOnExit(
                action="retry", on_status_reason=_RECLAIMED[launch_type]
            ),
            BatchJobDefinitionRetryStrategyEvaluateOnExit(action="exit", on_reason="*"),
        ],
    )
