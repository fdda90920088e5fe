"""The table of changed fields in `terrarium plan`."""

from typing import Any

import pytest

from environments import load_environments
from operations.plan.field_changes import field_lines
from operations.plan.plan_text import summary


@pytest.fixture(scope="module")
def deployed() -> dict[str, Any]:
    """The deployed configuration of an environment."""
    return load_environments()[0].model_dump(mode="json", exclude_none=True)


def planned(before: Any, after: Any) -> dict[str, Any]:
    """A plan that changes the configuration."""
    return {"output_changes": {"configuration": {"before": before, "after": after}}}


def test_lists_each_changed_field_and_how_it_is_applied(deployed: dict[str, Any]) -> None:
    network = {**deployed["network"], "egress": "nat"}
    lines = list(field_lines(planned(deployed, {**deployed, "network": network, "owner": "other"})))
    assert lines == [
        "| field | deployed | new | how it is applied |",
        "|---|---|---|---|",
        f'| `owner` | `"{deployed["owner"]}"` | `"other"` | in place |',
        '| `network.egress` | `"public-addresses"` | `"nat"` | in place with interruption. Connections that leave '
        "through the previous way end: change it while no job runs. |",
        "",
    ]


def test_shows_nothing_without_changed_fields_and_before_the_first_deployment(
    deployed: dict[str, Any],
) -> None:
    assert list(field_lines(planned(deployed, deployed))) == []
    assert list(field_lines(planned(None, deployed))) == []
    assert list(field_lines({})) == []


def test_fields_stand_before_the_resources(deployed: dict[str, Any]) -> None:
    lines = list(field_lines(planned(deployed, {**deployed, "owner": "other"})))
    text = summary("dev", (), {}, fields=lines)
    assert text.startswith("### dev: nothing to change\n\n| field | deployed |")
