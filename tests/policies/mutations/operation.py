"""Mutations of compute, observability, cost tags, audit and secrets."""

from tests.policies.mutations.edits import (
    Mutation,
    container,
    default_tags,
    output,
    remove,
    secret_in_manifest,
    set_arguments,
    set_within,
    unwatched_bucket,
    unwatched_calls,
    without,
)

__all__ = ["MUTATIONS"]

MUTATIONS = (
    # Compute
    Mutation(
        "queue without time limits",
        "dev",
        "job-time-limit",
        without("aws_batch_job_queue", "", "job_state_time_limit_action"),
    ),
    Mutation(
        "job without a timeout",
        "prod",
        "job-time-limit",
        without("aws_batch_job_definition", "compute/", "timeout"),
    ),
    Mutation(
        "metadata version 1",
        "dev",
        "instance-metadata",
        set_arguments("aws_launch_template", metadata_options={"http_tokens": "optional"}),
    ),
    Mutation(
        "metadata for containers",
        "prod",
        "instance-metadata",
        set_arguments(
            "aws_launch_template",
            metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 2},
        ),
    ),
    Mutation("the latest image", "dev", "pinned-image", container(image="python:latest")),
    Mutation(
        "own image without a tag",
        "dev",
        "pinned-image",
        container(image="${aws_ecr_repository.compute_images_repository_9037E6D8.repository_url}"),
    ),
    Mutation(
        "tags that move",
        "prod",
        "pinned-image",
        set_arguments("aws_ecr_repository", "registry/", image_tag_mutability="MUTABLE"),
    ),
    Mutation("privileged job", "dev", "privileged-container", container(privileged=True)),
    # Observability and cost
    Mutation(
        "logs without expiry",
        "dev",
        "log-retention",
        without("aws_cloudwatch_log_group", "", "retention_in_days"),
    ),
    Mutation("network without flow logs", "prod", "log-retention", remove("aws_flow_log")),
    Mutation("prod without alarms", "prod", "alarm", remove("aws_cloudwatch_metric_alarm")),
    Mutation(
        "alarm that notifies nobody",
        "prod",
        "alarm",
        set_arguments("aws_cloudwatch_metric_alarm", alarm_actions=[]),
    ),
    Mutation("nobody listens", "prod", "alarm", remove("aws_sns_topic_subscription")),
    Mutation(
        "pool with a fixed name",
        "dev",
        "pool-change",
        without("aws_batch_compute_environment", "", "compute_environment_name_prefix"),
    ),
    Mutation(
        "pool that is destroyed before its replacement exists",
        "prod",
        "pool-change",
        set_arguments("aws_batch_compute_environment", lifecycle={"create_before_destroy": False}),
    ),
    Mutation(
        "spot pool that every change replaces",
        "staging",
        "pool-change",
        set_within(
            "aws_batch_compute_environment",
            "compute_resources",
            allocation_strategy="SPOT_PRICE_CAPACITY_OPTIMIZED",
        ),
    ),
    Mutation(
        "pool that never gets a new launch template",
        "prod",
        "pool-change",
        set_within(
            "aws_batch_compute_environment",
            "compute_resources",
            launch_template={"launch_template_id": "lt-1", "version": "$Latest"},
        ),
    ),
    Mutation("no cost tags", "dev", "cost-tag", default_tags(environment="dev")),
    Mutation("no budget", "staging", "cost-tag", remove("aws_budgets_budget")),
    Mutation(
        "instances of jobs without cost tags",
        "dev",
        "cost-tag",
        set_within("aws_batch_compute_environment", "compute_resources", tags={"Name": "terrarium-dev-cpu"}),
    ),
    Mutation(
        "disks of jobs without cost tags",
        "prod",
        "cost-tag",
        without("aws_launch_template", "", "tag_specifications"),
    ),
    # Audit
    Mutation("no audit trail", "dev", "audit-trail", remove("aws_cloudtrail")),
    Mutation(
        "trail that can be changed unnoticed",
        "prod",
        "audit-trail",
        set_arguments("aws_cloudtrail", enable_log_file_validation=False),
    ),
    Mutation(
        "trail switched off", "prod", "audit-trail", set_arguments("aws_cloudtrail", enable_logging=False)
    ),
    Mutation("trail of objects only", "staging", "audit-trail", unwatched_calls),
    Mutation("models that nobody watches", "prod", "object-audit", unwatched_bucket),
    # Secrets
    Mutation(
        "password in the stack",
        "dev",
        "secret-in-clear",
        set_arguments("aws_rds_cluster", master_password="correct-horse"),
    ),
    Mutation(
        "secret in a job's variables",
        "dev",
        "secret-in-clear",
        container(environment=[{"name": "DB_PASSWORD", "value": "correct-horse"}]),
    ),
    Mutation(
        "secret in an output",
        "prod",
        "secret-given-away",
        output(value="${aws_rds_cluster.metadata_cluster_7D61F13C.master_password}"),
    ),
    Mutation("secret in the manifest", "dev", "secret-given-away", secret_in_manifest),
)
