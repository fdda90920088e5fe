"""Checks of monitoring: alarms and their subscribers, and the filter of the budget."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from environments import Environment
from operations.synthesized import Resource
from terrarium.verification.check import CheckFailedError, Observation

if TYPE_CHECKING:
    import boto3

__all__ = ["ALARMS_CAUSE", "BUDGET_CAUSE", "check_alarms", "check_budget"]

ALARMS_CAUSE = (
    "a user changed the alarms: `terrarium drift` lists the differences, `cdktf deploy` reverts them"
)
BUDGET_CAUSE = (
    "a user changed the budget: `terrarium drift` lists the differences, `cdktf deploy` reverts them"
)
_PAGE = 100  # names per DescribeAlarms


def check_alarms(stack: Sequence[Resource], session: "boto3.Session") -> Observation:
    """Compare the alarms in the account with those of the stack, and check their subscriptions.

    Raises:
        CheckFailedError: An alarm is missing or disabled, or a subscriber has not confirmed.
    """
    expected = {
        resource.attributes["alarm_name"]
        for resource in stack
        if resource.kind == "aws_cloudwatch_metric_alarm"
    }
    cloudwatch = session.client("cloudwatch")
    found: dict[str, Any] = {}
    names = sorted(expected)
    for start in range(0, len(names), _PAGE):
        for page in cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmNames=names[start : start + _PAGE]
        ):
            found |= {alarm["AlarmName"]: alarm for alarm in page["MetricAlarms"]}
    problems = [f"alarm {name} is missing" for name in sorted(expected - found.keys())]
    problems += [
        f"alarm {name} has its actions disabled"
        for name, alarm in found.items()
        if not alarm["ActionsEnabled"]
    ]
    problems += [
        f"alarm {name} notifies nobody" for name, alarm in found.items() if not alarm["AlarmActions"]
    ]
    topics = {action for alarm in found.values() for action in alarm["AlarmActions"]}
    confirmed, pending = _subscribers(session, topics)
    problems += [f"{endpoint} has not confirmed its subscription" for endpoint in pending]
    if problems:
        raise CheckFailedError("; ".join(problems))
    subscribers = (
        f"{confirmed} confirmed subscribers" if confirmed else "no subscriber (observability.emails)"
    )
    return Observation(f"{len(found)} alarms, {subscribers}")


def _subscribers(session: "boto3.Session", topics: set[str]) -> tuple[int, list[str]]:
    sns = session.client("sns")
    subscriptions = [
        subscription
        for topic in topics
        for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        for subscription in page["Subscriptions"]
    ]
    pending = [
        found["Endpoint"] for found in subscriptions if not found["SubscriptionArn"].startswith("arn:")
    ]
    return len(subscriptions) - len(pending), pending


def check_budget(config: Environment, stack: Sequence[Resource], session: "boto3.Session") -> Observation:
    """Compare the budget's filter with that of the stack, and check that its tag is active for cost allocation.

    Raises:
        CheckFailedError: The filters differ, or the tag is inactive.
    """
    (budget,) = [resource for resource in stack if resource.kind == "aws_budgets_budget"]
    expected = {found["name"]: list(found["values"]) for found in budget.attributes["cost_filter"]}
    found = session.client("budgets").describe_budget(
        AccountId=config.account, BudgetName=budget.attributes["name"]
    )["Budget"]
    actual = found.get("CostFilters", {})
    if actual != expected:
        raise CheckFailedError(f"the budget filters by {actual}; the stack filters by {expected}")
    return Observation(
        f"filters by {', '.join(value for values in actual.values() for value in values)}; {_tag(session)}"
    )


def _tag(session: "boto3.Session") -> str:
    try:
        found = session.client("ce").list_cost_allocation_tags(TagKeys=["environment"])["CostAllocationTags"]
    except (BotoCoreError, ClientError):
        return "only the payer account shows whether `environment` is an active cost allocation tag"
    active = any(tag["Status"] == "Active" for tag in found)
    if not active:
        raise CheckFailedError(
            "`environment` is not an active cost allocation tag, so that the budget counts no costs: activate it in "
            "the billing console of the payer account"
        )
    return "its tag is active for cost allocation"
