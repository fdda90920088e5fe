"""Receivers of events, messages and logs, schedules, and revisions of job definitions."""

from collections.abc import Iterator

from operations.drift.deployed import Addition, Deployed

__all__ = ["job_definitions", "log_subscriptions", "rule_targets", "schedules", "topic_subscriptions"]


def rule_targets(deployed: Deployed) -> Iterator[Addition]:
    """Yield targets of the environment's EventBridge rules."""
    own = {(target["rule"], target["target_id"]) for _, target in deployed.of("aws_cloudwatch_event_target")}
    for path, rule in deployed.of("aws_cloudwatch_event_rule"):
        name = rule["name"]
        for target in deployed.pages("events", "list_targets_by_rule", "Targets", Rule=name):
            if (name, target["Id"]) not in own:
                yield Addition(
                    path,
                    target["Arn"],
                    f"the rule sends its events also to {target['Arn']}",
                    f"aws events remove-targets --rule {name} --ids {target['Id']}",
                )


def topic_subscriptions(deployed: Deployed) -> Iterator[Addition]:
    """Yield subscriptions of the environment's SNS topics."""
    own = {
        (subscription["topic_arn"], subscription["protocol"], subscription["endpoint"])
        for _, subscription in deployed.of("aws_sns_topic_subscription")
    }
    for path, topic in deployed.of("aws_sns_topic"):
        arn = topic["arn"]
        for found in deployed.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn):
            if (arn, found["Protocol"], found["Endpoint"]) not in own:
                yield Addition(
                    path,
                    found["SubscriptionArn"],
                    f"the topic sends its messages also to {found['Endpoint']} ({found['Protocol']})",
                    f"aws sns unsubscribe --subscription-arn {found['SubscriptionArn']}",
                )


def log_subscriptions(deployed: Deployed) -> Iterator[Addition]:
    """Yield subscription filters, which copy logs to another service or account."""
    own = {
        (own["log_group_name"], own["name"])
        for _, own in deployed.of("aws_cloudwatch_log_subscription_filter")
    }
    for path, group in deployed.of("aws_cloudwatch_log_group"):
        name = group["name"]
        for found in deployed.pages(
            "logs", "describe_subscription_filters", "subscriptionFilters", logGroupName=name
        ):
            if (name, found["filterName"]) not in own:
                yield Addition(
                    path,
                    f"{name}:{found['filterName']}",
                    f"the subscription filter {found['filterName']} copies the logs to {found['destinationArn']}",
                    f"aws logs delete-subscription-filter --log-group-name {name} "
                    f"--filter-name {found['filterName']}",
                )


def schedules(deployed: Deployed) -> Iterator[Addition]:
    """Yield schedules in the environment's schedule group."""
    own = {(one["group_name"], one["name"]) for _, one in deployed.of("aws_scheduler_schedule")}
    for path, group in deployed.of("aws_scheduler_schedule_group"):
        name = group["name"]
        for found in deployed.pages("scheduler", "list_schedules", "Schedules", GroupName=name):
            if (name, found["Name"]) not in own:
                yield Addition(
                    path,
                    found["Arn"],
                    f"the schedule {found['Name']} starts {found['Target']['Arn']}",
                    f"aws scheduler delete-schedule --group-name {name} --name {found['Name']}",
                )


def job_definitions(deployed: Deployed) -> Iterator[Addition]:
    """Yield newer revisions of job definitions: a job that names no revision runs the newest."""
    own = {
        definition["name"]: int(definition["revision"])
        for _, definition in deployed.of("aws_batch_job_definition")
    }
    for path, definition in deployed.of("aws_batch_job_definition"):
        name = definition["name"]
        for found in deployed.pages(
            "batch",
            "describe_job_definitions",
            "jobDefinitions",
            jobDefinitionName=name,
            status="ACTIVE",
        ):
            if found["revision"] > own[name]:
                yield Addition(
                    path,
                    found["jobDefinitionArn"],
                    f"revision {found['revision']} of the job definition is newer than that of the stack, "
                    f"{own[name]}",
                    f"aws batch deregister-job-definition --job-definition {found['jobDefinitionArn']}",
                )
