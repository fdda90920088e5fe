"""Input transformer: a template with parts of an event."""

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["transform"]

# A string literal of JSON, or a placeholder outside of one.
_PARTS = re.compile(r'"(?:\\.|[^"\\])*"|<(?P<name>[^<>]+)>')
_PLACEHOLDER = re.compile(r"<([^<>]+)>")


def transform(event: Mapping[str, Any], *, paths: Mapping[str, str], template: str) -> str:
    """Fill a template: placeholders in quotes become text, others become JSON.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html

    Args:
        event: The event.
        paths: The JSON path of each placeholder in the event.
        template: The template; placeholders are written `<name>`.
    """
    from moto.stepfunctions.parser.asl.utils.json_path import NoSuchJsonPathError, extract_json

    values: dict[str, Any] = {"aws.events.event.json": event, "aws.events.event": event}
    for name, path in paths.items():
        try:
            values[name] = extract_json(path, dict(event))
        except NoSuchJsonPathError:
            values[name] = ""

    def text(match: re.Match[str]) -> str:
        value = values.get(match[1], match[0])
        return json.dumps(value if isinstance(value, str) else json.dumps(value))[1:-1]

    def fill(match: re.Match[str]) -> str:
        if match["name"] is None:
            return _PLACEHOLDER.sub(text, match[0])
        return json.dumps(values[match["name"]]) if match["name"] in values else match[0]

    return _PARTS.sub(fill, template)
