"""Observability: logs that end, alarms that somebody hears, costs that can be told apart."""

from collections.abc import Iterator, Mapping

from policies.policy import Policy, Violation
from policies.stack import Stack

__all__ = ["POLICIES"]

_COST_TAGS = ("environment", "use-case", "owner", "cost-center", "managed-by")
_WATCHED = {"aws_rds_cluster": "AWS/RDS", "aws_dynamodb_table": "AWS/DynamoDB"}


def _endless_logs(stack: Stack) -> Iterator[Violation]:
    for group in stack.resources("aws_cloudwatch_log_group"):
        if not group.attributes.get("retention_in_days"):
            yield Violation(group, "its events are kept, and paid for, for ever")
    for network in stack.resources("aws_vpc"):
        if not any(log.refers_to("vpc_id", network) for log in stack.resources("aws_flow_log")):
            yield Violation(network, "nobody can tell afterwards who spoke to whom: no flow log")


def _nobody_is_told(stack: Stack) -> Iterator[Violation]:
    if stack.tier != "critical":
        return
    alarms = list(stack.resources("aws_cloudwatch_metric_alarm"))
    for alarm in alarms:
        if not alarm.attributes.get("alarm_actions") or alarm.attributes.get("actions_enabled") is False:
            yield Violation(alarm, "the alarm tells nobody")
    for kind, namespace in _WATCHED.items():
        watched = any(alarm.attributes.get("namespace") == namespace for alarm in alarms)
        for resource in stack.resources(kind):
            if not watched:
                yield Violation(resource, "no alarm watches it")
    rules = [rule.document("event_pattern") for rule in stack.resources("aws_cloudwatch_event_rule")]
    if not any("aws.batch" in pattern.get("source", []) for pattern in rules):
        for queue in stack.resources("aws_batch_job_queue"):
            yield Violation(queue, "nobody hears of jobs that fail in it")
    for topic in stack.resources("aws_sns_topic"):
        raised = any(alarm.refers_to("alarm_actions", topic) for alarm in alarms)
        if raised and not any(
            subscription.refers_to("topic_arn", topic)
            for subscription in stack.resources("aws_sns_topic_subscription")
        ):
            yield Violation(topic, "nobody listens to the alarms")


def _untold_costs(stack: Stack) -> Iterator[Violation]:
    tags = {}
    for block in stack.provider.get("default_tags", []):
        tags.update(block.get("tags", {}))
    missing = [tag for tag in _COST_TAGS if not tags.get(tag)]
    if missing:
        yield Violation(stack.whole(), f"resources lack the tags {', '.join(missing)}")
    for resource in stack.elements:
        own = resource.attributes.get("tags")
        blanked = [
            tag for tag in _COST_TAGS if isinstance(own, dict) and tag in own and own[tag] != tags.get(tag)
        ]
        if blanked:
            yield Violation(resource, f"it overrides the tags {', '.join(blanked)}")
    yield from _untagged_machines(stack, tags)
    for job in stack.resources("aws_batch_job_definition"):
        if not job.attributes.get("propagate_tags"):
            yield Violation(job, "what its jobs cost cannot be told by tag")
    if not any(budget.blocks("notification") for budget in stack.resources("aws_budgets_budget")):
        yield Violation(stack.whole(), "nobody is told before it costs more than planned: no budget")


def _untagged_machines(stack: Stack, tags: Mapping[str, str]) -> Iterator[Violation]:
    """The provider's default tags do not reach what Batch starts (Batch API Reference, ComputeResource, tags)."""
    for environment in stack.resources("aws_batch_compute_environment"):
        for resources in environment.blocks("compute_resources"):
            missing = _missing(resources.get("tags"), tags)
            if missing:
                yield Violation(environment, f"its instances lack the tags {missing}: no budget counts them")
    for template in stack.resources("aws_launch_template"):
        tagged = {
            block.get("resource_type"): block.get("tags") for block in template.blocks("tag_specifications")
        }
        for kind in ("instance", "volume"):
            missing = _missing(tagged.get(kind), tags)
            if missing:
                yield Violation(template, f"a {kind} of it lacks the tags {missing}: no budget counts it")


def _missing(given: object, tags: Mapping[str, str]) -> str:
    own = given if isinstance(given, dict) else {}
    return ", ".join(tag for tag in _COST_TAGS if tag in tags and own.get(tag) != tags[tag])


POLICIES = (
    Policy(
        "log-retention",
        "Logs are kept, and end",
        "make log groups by modules/log_group.py; keep the network's flow log",
        _endless_logs,
    ),
    Policy(
        "alarm",
        "What the business depends on is watched, and somebody is told",
        "add alarms by modules/alarms.py; name who listens in observability.emails",
        _nobody_is_told,
    ),
    Policy(
        "cost-tag",
        "Every cost can be told by environment, use case and owner, and is bounded by a budget",
        "leave the provider's default tags as stacks/platform.py sets them, give what Batch starts the same tags as "
        "modules/compute/compute_pool.py does, and propagate the tags of jobs",
        _untold_costs,
    ),
)
