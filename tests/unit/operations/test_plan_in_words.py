"""A plan in words, for a review."""

from typing import Any

from operations.plan.words import summary
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
    assert text.startswith("### prod: 1 to make anew, 1 to destroy\n")
    assert (
        "**This ends what holds data: metadata/cluster (by cluster_identifier), artifacts/bucket.**" in text
    )
    assert "| make anew | `metadata/cluster` | `aws_rds_cluster` | cluster_identifier, port |" in text


def test_nothing_to_change_is_said_so() -> None:
    unchanged = changes(("aws_s3_bucket.artifacts", {"actions": ["no-op"], "before": {}, "after": {}}))
    assert summary("dev", changes_of(unchanged), PATHS) == "### dev: nothing to change\n\n"
