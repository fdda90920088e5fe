"""Observability: retention of logs, alarms with subscribers, and cost tags."""

from collections.abc import Iterator, Mapping

from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES"]

_COST_TAGS = ("environment", "use-case", "owner", "cost-center", "managed-by")
_WATCHED = {"aws_rds_cluster": "AWS/RDS", "aws_dynamodb_table": "AWS/DynamoDB"}


def _endless_logs(stack: Stack) -> Iterator[Violation]:
    for group in stack.resources("aws_cloudwatch_log_group"):
        if not group.attributes.get("retention_in_days"):
            yield Violation(group, "its events are kept, and paid for, without limit")
    for network in stack.resources("aws_vpc"):
        if not any(log.refers_to("vpc_id", network) for log in stack.resources("aws_flow_log")):
            yield Violation(network, "it has no flow log: connections are not recorded")


def _missing_alarms(stack: Stack) -> Iterator[Violation]:
    if stack.tier != "critical":
        return
    alarms = list(stack.resources("aws_cloudwatch_metric_alarm"))
    for alarm in alarms:
        if not alarm.attributes.get("alarm_actions") or alarm.attributes.get("actions_enabled") is False:
            yield Violation(alarm, "the alarm notifies nobody")
    for kind, namespace in _WATCHED.items():
        watched = any(alarm.attributes.get("namespace") == namespace for alarm in alarms)
        for resource in stack.resources(kind):
            if not watched:
                yield Violation(resource, "no alarm watches it")
    rules = [rule.document("event_pattern") for rule in stack.resources("aws_cloudwatch_event_rule")]
    if not any("aws.batch" in pattern.get("source", []) for pattern in rules):
        for queue in stack.resources("aws_batch_job_queue"):
            yield Violation(queue, "nobody is notified of its failed jobs")
    for topic in stack.resources("aws_sns_topic"):
        raised = any(alarm.refers_to("alarm_actions", topic) for alarm in alarms)
        if raised and not any(
            subscription.refers_to("topic_arn", topic)
            for subscription in stack.resources("aws_sns_topic_subscription")
        ):
            yield Violation(topic, "the alarm topic has no subscription")


def _untagged_costs(stack: Stack) -> Iterator[Violation]:
    tags = {}
    for block in stack.provider.get("default_tags", []):
        tags.update(block.get("tags", {}))
    # A key of the company that differs in case only replaces the kit's (environments/sections/tags.py).
    given = {key.lower() for key, value in tags.items() if value}
    missing = [tag for tag in _COST_TAGS if tag not in given]
    if missing:
        yield Violation(stack.whole(), f"resources lack the tags {', '.join(missing)}")
    for resource in stack.elements:
        own = resource.attributes.get("tags")
        blanked = [tag for tag in tags if isinstance(own, dict) and own.get(tag, tags[tag]) != tags[tag]]
        if blanked:
            yield Violation(resource, f"it overrides the tags {', '.join(blanked)}")
    yield from _untagged_machines(stack, tags)
    for job in stack.resources("aws_batch_job_definition"):
        if not job.attributes.get("propagate_tags"):
            yield Violation(job, "its jobs do not get the cost tags")
    has_budget = any(budget.blocks("notification") for budget in stack.resources("aws_budgets_budget"))
    if not has_budget and stack.switched_on("observability", "budget"):
        yield Violation(stack.whole(), "there is no budget with a notification")


def _untagged_machines(stack: Stack, tags: Mapping[str, str]) -> Iterator[Violation]:
    """Yield pools without cost tags: the provider's default tags do not apply to instances that Batch starts.

    Source: AWS Batch API Reference, ComputeResource, `tags`.
    """
    for environment in stack.resources("aws_batch_compute_environment"):
        for resources in environment.blocks("compute_resources"):
            if str(resources.get("type")).startswith("FARGATE"):
                continue  # there are no instances; tasks get the tags of their jobs
            missing = _missing(resources.get("tags"), tags)
            if missing:
                yield Violation(
                    environment, f"its instances lack the tags {missing}: the budget does not count them"
                )
    for template in stack.resources("aws_launch_template"):
        tagged = {
            block.get("resource_type"): block.get("tags") for block in template.blocks("tag_specifications")
        }
        for kind in ("instance", "volume", "network-interface"):
            missing = _missing(tagged.get(kind), tags)
            if missing:
                yield Violation(
                    template, f"its {kind}s lack the tags {missing}: the budget does not count them"
                )


def _missing(given: object, tags: Mapping[str, str]) -> str:
    own = given if isinstance(given, dict) else {}
    return ", ".join(tag for tag in tags if own.get(tag) != tags[tag])


POLICIES = (
    Policy(
        "log-retention",
        "Logs have a limited retention, and the network has a flow log",
        "create log groups with modules/log_group.py; keep the network's flow log",
        _endless_logs,
    ),
    Policy(
        "alarm",
        "A critical environment has alarms, and somebody is notified",
        "add alarms with modules/alarms.py; set the recipients in observability.emails",
        _missing_alarms,
    ),
    Policy(
        "cost-tag",
        "Every cost has the tags of its environment, use case and owner, and a budget limits the sum",
        "keep the provider's default tags as stacks/platform.py sets them, set the same tags on instances and volumes "
        "of pools as modules/compute/compute_pool.py does, and propagate the tags of jobs",
        _untagged_costs,
    ),
)
