"""Summary of a plan for reviews."""

from typing import Any

import pytest

from operations.plan.plan_text import summary
from policies.plan.change import changes_of
from policies.plan.planned_stack import planned_stack
from policies.plan.warnings import plan_warnings
from policies.stack import Stack

PATHS = {"aws_rds_cluster.metadata": "metadata/cluster", "aws_s3_bucket.artifacts": "artifacts/bucket"}
EMPTY = Stack(
    name="prod",
    tier="critical",
    document={
        "provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": ["111111111111"]}]},
        "terraform": {"backend": {"s3": {"bucket": "terrarium-prod-state-111111111111"}}},
    },
)

Plan = dict[str, Any]


def changes(*resources: tuple[str, dict[str, Any]]) -> Plan:
    return {
        "planned_values": {"root_module": {}},
        "resource_changes": [
            {"address": address, "type": address.partition(".")[0], "name": "x", "change": change}
            for address, change in resources
        ],
    }


def text_of(plan: Plan) -> str:
    return summary("prod", changes_of(plan), PATHS, warnings=plan_warnings(planned_stack(EMPTY, plan)))


def updated(address: str, before: Plan, after: Plan, **change: Any) -> Plan:
    return changes((address, {"actions": ["update"], "before": before, "after": after, **change}))


def replaced(address: str, path: str) -> Plan:
    values = {"before": {path: "old"}, "after": {path: "new"}, "replace_paths": [[path]]}
    return changes((address, {"actions": ["delete", "create"], **values}))


def test_a_replacement_that_loses_data_is_named_with_what_forces_it() -> None:
    plan = changes(
        (
            "aws_rds_cluster.metadata",
            {
                "actions": ["delete", "create"],
                "before": {"cluster_identifier": "old", "port": 5432},
                "after": {"cluster_identifier": "new", "port": 5433},
                "replace_paths": [["cluster_identifier"]],
            },
        ),
        ("aws_s3_bucket.artifacts", {"actions": ["delete"], "before": {"bucket": "one"}, "after": None}),
    )
    text = text_of(plan)
    assert text.startswith("### prod: 1 to replace, 1 to destroy\n")
    losing = "metadata/cluster (by cluster_identifier), artifacts/bucket"
    assert f"**This deletes or replaces resources that hold data: {losing}.**" in text
    row = '| **cluster_identifier ("old" to "new")**, port (5432 to 5433) |'
    assert f"| replace | `metadata/cluster` | `aws_rds_cluster` {row}" in text


def test_a_plan_without_changes_says_nothing_to_change() -> None:
    unchanged = changes(("aws_s3_bucket.artifacts", {"actions": ["no-op"], "before": {}, "after": {}}))
    assert text_of(unchanged) == "### prod: nothing to change\n\n"


@pytest.mark.parametrize(
    ("plan", "headline", "effect"),
    [
        (
            replaced("aws_vpc.network", "cidr_block"),
            "This interrupts users of the environment",
            "a database cluster cannot move to another VPC",
        ),
        (
            updated(
                "aws_cloudwatch_metric_alarm.jobs", {"actions_enabled": True}, {"actions_enabled": False}
            ),
            "This lifts protections, or ends alarms or records",
            "no longer notifies anybody",
        ),
        (
            updated(
                "aws_batch_compute_environment.cpu",
                {"compute_resources": [{"max_vcpus": 64}]},
                {"compute_resources": [{"max_vcpus": 32}]},
            ),
            "This reduces what users get",
            "fewer jobs run at a time (compute_resources.max_vcpus: 64 -> 32)",
        ),
        (
            updated(
                "aws_iam_policy.boundary",
                {"name": "terrarium-prod-boundary", "policy": "{}"},
                {"name": "terrarium-prod-boundary", "policy": "{ }"},
            ),
            "Only an administrator can deploy this",
            "the plan changes a permissions boundary",
        ),
    ],
    ids=["interruption", "protection", "reduction", "administrator"],
)
def test_warns_below_a_headline_for_each_kind_of_cost(plan: Plan, headline: str, effect: str) -> None:
    text = text_of(plan)
    assert f"**{headline}" in text
    assert effect in text


@pytest.mark.parametrize(
    "plan",
    [
        updated("aws_rds_cluster.metadata", {"engine_version": "16.6"}, {"engine_version": "16.8"}),
        updated("aws_batch_compute_environment.cpu", {"state": "DISABLED"}, {"state": "ENABLED"}),
        updated("aws_vpc.network", {"tags": {"a": "1"}}, {"tags": {"a": "2"}}),
    ],
    ids=["minor version", "pool enabled", "tags"],
)
def test_a_plan_that_costs_nothing_has_no_warning(plan: Plan) -> None:
    assert "**" not in text_of(plan)


def test_attributes_that_force_a_replacement_come_first_and_unknown_ones_are_counted_last() -> None:
    plan = changes(
        (
            "aws_vpc.network",
            {
                "actions": ["delete", "create"],
                "before": {"arn": "a", "cidr_block": "10.0.0.0/16", "enable_dns": False, "id": "vpc-1"},
                "after": {"cidr_block": "10.1.0.0/16", "enable_dns": True},
                "after_unknown": {"arn": True, "id": True},
                "replace_paths": [["cidr_block"]],
            },
        )
    )
    values = '**cidr_block ("10.0.0.0/16" to "10.1.0.0/16")**, enable_dns (false to true)'
    assert f"| {values} and 2 known after apply |" in text_of(plan)


def test_the_most_severe_changes_come_first_and_those_with_unknown_values_only_are_one_line() -> None:
    pending = {"actions": ["update"], "before": {"a": 1}, "after": {}, "after_unknown": {"a": True}}
    plan = changes(
        ("aws_sns_topic.new", {"actions": ["create"], "before": None, "after": {}}),
        ("aws_ecs_service.one", pending),
        ("aws_ecs_service.two", pending),
        ("aws_sns_topic.changed", {"actions": ["update"], "before": {"a": 1}, "after": {"a": 2}}),
        ("aws_sns_topic.gone", {"actions": ["delete"], "before": {"a": 1}, "after": None}),
    )
    text = text_of(plan)
    rows = [line.split("`")[1] for line in text.splitlines() if "| `" in line]
    assert rows == ["aws_sns_topic.gone", "aws_sns_topic.changed", "aws_sns_topic.new"]
    assert text.endswith(
        "\nChanged only in values that AWS assigns: `aws_ecs_service.one`, `aws_ecs_service.two`\n"
    )


def test_values_that_would_break_the_table_are_escaped_and_long_ones_left_out() -> None:
    plan = updated("aws_sns_topic.x", {"a": "x|y", "b": "1"}, {"a": "`z`", "b": "2" * 99})
    assert r'| a ("x\|y" to "\`z\`"), b |' in text_of(plan)
