"""Summary of a plan for reviews."""

from typing import Any

import pytest

from operations.plan.plan_text import summary
from policies.plan.change import changes_of

PATHS = {"aws_rds_cluster.metadata": "metadata/cluster", "aws_s3_bucket.artifacts": "artifacts/bucket"}


def changes(*resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    return {"resource_changes": [{"address": address, "change": change} for address, change in resources]}


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
    text = summary("prod", changes_of(plan), PATHS)
    assert text.startswith("### prod: 1 to replace, 1 to destroy\n")
    losing = "metadata/cluster (by cluster_identifier), artifacts/bucket"
    assert f"**This deletes or replaces resources that hold data: {losing}.**" in text
    assert "| replace | `metadata/cluster` | `aws_rds_cluster` | cluster_identifier, port |" in text


def test_a_plan_without_changes_says_nothing_to_change() -> None:
    unchanged = changes(("aws_s3_bucket.artifacts", {"actions": ["no-op"], "before": {}, "after": {}}))
    assert summary("dev", changes_of(unchanged), PATHS) == "### dev: nothing to change\n\n"


def updated(address: str, before: dict[str, Any], after: dict[str, Any], **change: Any) -> dict[str, Any]:
    return changes((address, {"actions": ["update"], "before": before, "after": after, **change}))


def replaced(address: str, path: str) -> dict[str, Any]:
    values = {"before": {path: "old"}, "after": {path: "new"}, "replace_paths": [[path]]}
    return changes((address, {"actions": ["delete", "create"], **values}))


@pytest.mark.parametrize(
    ("plan", "effect"),
    [
        (replaced("aws_vpc.network", "cidr_block"), "a database cluster cannot move to another VPC"),
        (replaced("aws_subnet.private", "cidr_block"), "the database cannot move to the new subnet"),
        (replaced("aws_batch_job_queue.cpu", "name"), "jobs that wait in the queue are lost"),
        (
            updated("aws_batch_compute_environment.cpu", {"state": "ENABLED"}, {"state": "DISABLED"}),
            "the pool no longer starts jobs",
        ),
        (
            updated("aws_rds_cluster.metadata", {"engine_version": "16.8"}, {"engine_version": "16.6"}),
            "which AWS refuses",
        ),
        (
            updated("aws_rds_cluster.metadata", {"engine_version": "16.9"}, {"engine_version": "17.4"}),
            "does not answer while its engine is upgraded",
        ),
        (
            updated(
                "aws_cloudwatch_metric_alarm.jobs", {"actions_enabled": True}, {"actions_enabled": False}
            ),
            "no longer notifies anybody",
        ),
    ],
    ids=["vpc", "subnet", "queue", "pool", "downgrade", "upgrade", "alarm"],
)
def test_lists_the_interruptions_of_a_plan(plan: dict[str, Any], effect: str) -> None:
    text = summary("prod", changes_of(plan), PATHS)
    assert "**This interrupts users of the environment:**" in text
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
def test_a_plan_without_interruptions_has_no_warning(plan: dict[str, Any]) -> None:
    assert "interrupts" not in summary("prod", changes_of(plan), PATHS)


def test_attributes_that_force_a_replacement_come_first_and_unknown_ones_are_counted() -> None:
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
    text = summary("dev", changes_of(plan), PATHS)
    assert "| cidr_block, enable_dns and 2 known after apply |" in text
