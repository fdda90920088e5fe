"""Effects of changes of compute: jobs that wait or end, pools that stop, notebooks and tunnels."""

from collections.abc import Mapping
from typing import Any

from policies.plan.effects.effect import (
    Effect,
    TypeEffects,
    changed,
    interrupts,
    lost,
    lower,
    no_effect,
    off,
)

__all__ = ["COMPUTE"]

_NO_JOBS = "the pool no longer starts jobs"
_RUNNING_JOBS = "jobs that run longer than update_policy allows are ended and start again on new instances"


def _disk(before: Any, after: Any) -> Effect | None:
    refused = lower("AWS refuses to shrink the disk", consequence="interruption")(before, after)
    return refused or changed("the notebook stops while its disk grows")(before, after)


COMPUTE: Mapping[str, TypeEffects] = {
    # Infrastructure updates end jobs. Source: AWS Batch User Guide, "Updating compute environments".
    "aws_batch_compute_environment": interrupts(
        f"{_NO_JOBS}, and its running jobs end",
        gapless=True,
        updated={
            "state": off("DISABLED", _NO_JOBS),
            "compute_resources.*.max_vcpus": lower("fewer jobs run at a time"),
            "compute_resources.*.instance_type": lost("jobs that need these types wait"),
            "compute_resources.*.subnets": lost("jobs no longer run in these subnets"),
            "compute_resources.*.security_group_ids": lost(
                "jobs cannot connect to what admits these groups", consequence="interruption"
            ),
            "compute_resources.*.ec2_configuration.*.image_type": changed(
                _RUNNING_JOBS, consequence="reduction"
            ),
            "compute_resources.*.placement_group": changed(_RUNNING_JOBS, consequence="reduction"),
            "compute_resources.*.image_id": changed(_RUNNING_JOBS, consequence="reduction"),
            "compute_resources.*.instance_role": changed(_RUNNING_JOBS, consequence="reduction"),
            "compute_resources.*.launch_template.*.version": changed(_RUNNING_JOBS, consequence="reduction"),
            "compute_resources.*.type": changed(_RUNNING_JOBS, consequence="reduction"),
            "update_policy.*.terminate_jobs_on_update": off(
                value=True, effect="the next update ends running jobs at once", consequence="reduction"
            ),
        },
    ),
    "aws_batch_job_queue": interrupts(
        "jobs that wait in the queue are lost, and clients that know its name cannot submit jobs",
        updated={
            "state": off("DISABLED", "the queue no longer accepts jobs"),
            "compute_environment_order.*.compute_environment": changed(
                "waiting jobs move to the other pool", consequence="reduction"
            ),
            "priority": lower("other queues of the same pool go first"),
        },
    ),
    # Running and queued jobs keep the revision that they were submitted with.
    "aws_batch_job_definition": interrupts("clients that know its name cannot submit jobs", replaced=""),
    "aws_batch_scheduling_policy": interrupts(
        "AWS refuses to delete a policy that a queue uses",
        updated={
            "fair_share_policy.*.compute_reservation": lower("less capacity is kept for users without jobs"),
        },
    ),
    "aws_placement_group": interrupts("AWS refuses to delete a group with instances"),
    "aws_launch_template": interrupts("the pool cannot start instances, and becomes invalid", gapless=True),
    "aws_iam_instance_profile": interrupts(
        "instances cannot start, and those that run lose their role",
        updated={
            "role": changed("instances act as another role", consequence="interruption"),
        },
    ),
    "aws_ecs_cluster": interrupts("open tunnels end"),
    "aws_ecs_service": interrupts(
        "clients get no answer until the new tasks run",
        updated={
            "desired_count": lower("fewer tasks answer"),
        },
    ),
    # Running tasks keep their revision; new ones name the family.
    "aws_ecs_task_definition": interrupts("no new task can start", replaced=""),
    "aws_ecs_capacity_provider": interrupts("tasks wait for capacity"),
    "aws_instance": interrupts(
        "the machine ends, with what is on its disks",
        updated={
            "instance_type": changed("the machine stops and starts on the other type"),
            "user_data": changed("the machine stops and starts"),
        },
    ),
    "aws_autoscaling_group": interrupts(
        "its machines end",
        updated={
            "max_size": lower("fewer machines run at a time"),
        },
    ),
    "aws_sagemaker_notebook_instance": interrupts(
        "the notebook instance and the files on its disk are lost",
        updated={
            "instance_type": changed("the notebook stops while its type changes"),
            "lifecycle_config_name": changed("the notebook stops while its scripts change"),
            "root_access": changed("the notebook stops while the setting changes"),
            "volume_size": _disk,
        },
    ),
    "aws_sagemaker_notebook_instance_lifecycle_configuration": interrupts(
        "new notebooks cannot be created, and stopped ones cannot start"
    ),
    "aws_sagemaker_domain": interrupts("users of the domain lose their spaces and their files"),
    "aws_sagemaker_endpoint": interrupts("clients get no prediction until the new endpoint answers"),
    "aws_lambda_function": interrupts(
        "calls fail until the new function exists",
        updated={
            "reserved_concurrent_executions": lower("fewer calls run at a time"),
            "memory_size": lower("calls that need more memory fail"),
            "timeout": lower("calls that take longer fail"),
        },
    ),
    "aws_lambda_permission": interrupts("its principal can no longer call the function", gapless=True),
    "aws_lambda_event_source_mapping": interrupts(
        "events no longer start the function",
        updated={
            "enabled": off(value=False, effect="events no longer start the function"),
        },
    ),
    "aws_ssm_document": interrupts("callers that know its name fail"),
    "aws_key_pair": no_effect(),
}
