"""The dashboard and the budget."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments import load_environments
from tests.stacks.synthesized import Synthesized, synthesize
from tests.support.planned_changes import with_changes

_SAMPLED = ("ServerlessDatabaseCapacity", "DatabaseConnections")


def _metrics(stack: Synthesized) -> list[list[Any]]:
    body = json.loads(stack.resource("aws_cloudwatch_dashboard", "observability/dashboard")["dashboard_body"])
    assert not any("stat" in widget["properties"] for widget in body["widgets"]), "each metric has its own"
    return [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]


@pytest.mark.parametrize("name", _SAMPLED)
def test_sampled_metrics_are_averaged_and_not_summed(stacks: dict[str, Synthesized], name: str) -> None:
    """They are samples of every minute (Aurora User Guide, "Amazon CloudWatch metrics for Amazon Aurora")."""
    for stack in stacks.values():
        shown = [metric for metric in _metrics(stack) if name in metric]
        assert {metric[-1]["stat"] for metric in shown} == {"Average", "Maximum"}


def test_bytes_scanned_use_a_search_because_the_metric_has_more_dimensions(
    stacks: dict[str, Synthesized],
) -> None:
    for name, stack in stacks.items():
        (search,) = (metric[0]["expression"] for metric in _metrics(stack) if isinstance(metric[0], dict))
        workgroup = stack.resource("aws_athena_workgroup", "features/workgroup")
        assert workgroup["name"].startswith(f"terrarium-{name}")
        assert 'MetricName="ProcessedBytes"' in search
        assert "aws_athena_workgroup" in search or workgroup["name"] in search


def test_subscriptions_are_named_by_address_and_keep_the_numbered_ones(tmp_path: Path) -> None:
    """An address that has confirmed its subscription does not have to do so again."""
    (config,) = (config for config in load_environments() if config.name == "test")
    addresses = ["ada@acme.example", "grace@acme.example"]
    both, second = (
        synthesize([with_changes(config, {"observability.emails": emails})], tmp_path / str(len(emails)))[
            "test"
        ]
        for emails in (addresses, addresses[1:])
    )
    of_second = {
        path: one["endpoint"] for path, one in second.resources("aws_sns_topic_subscription").items()
    }
    assert (
        of_second.items()
        <= {
            path: one["endpoint"] for path, one in both.resources("aws_sns_topic_subscription").items()
        }.items()
    )
    assert [one["from"].split(".")[1][:15] for one in both.document["moved"]] == [
        "alarms_email-0_",
        "alarms_email-1_",
    ]
