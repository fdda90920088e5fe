"""Fields of an environment's file that differ from the deployed configuration, as Markdown for reviews."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from environments.fields import ChangedField, changed_fields
from stacks.output_names import CONFIGURATION

__all__ = ["field_lines"]


def field_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of the fields that a plan changes; nothing without such fields, and before the first deployment.

    Args:
        plan: The output of `terraform show -json`.
    """
    output = plan.get("output_changes", {}).get(CONFIGURATION, {})
    if not output.get("before"):
        return
    fields = changed_fields(output["before"], output["after"])
    if fields:
        yield from ("| field | deployed | new | how it is applied |", "|---|---|---|---|")
        yield from map(_row, fields)
        yield ""


def _row(field: ChangedField) -> str:
    applied = f"{field.change.effect}. {field.change.how}" if field.change.how else field.change.effect
    return f"| `{field.path}` | {_shown(field.old)} | {_shown(field.new)} | {applied} |"


def _shown(value: Any) -> str:
    return "none" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`".replace("|", "\\|")
