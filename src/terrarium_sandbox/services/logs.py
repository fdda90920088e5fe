"""CloudWatch Logs: refuses patterns and queries that moto would ignore; Logs Insights returns times as text."""

import datetime
import re
from typing import Any

from moto.logs.logs_query import ParsedEvent
from moto.logs.responses import LogsResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]

# The patterns that moto supports: words that must all occur, or one phrase in quotes.
_PATTERN = re.compile(r'[A-Za-z][\w.:/ -]*|"[^"]*"')
_SIGNS = re.compile(r"(^|\s)[-?%]")  # excluded and alternative terms, regular expressions
_COMMANDS = frozenset({"fields", "limit", "sort"})
_FIELDS = frozenset({"@log", "@logStream", "@message", "@ptr", "@timestamp"})
_SORT = re.compile(r"sort\s+@timestamp(\s+(asc|desc))?", re.IGNORECASE)


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's CloudWatch Logs."""
    filter_events, start, fields = (
        LogsResponse.filter_log_events,
        LogsResponse.start_query,
        ParsedEvent._create_fields,
    )

    def filter_understood_events(self: LogsResponse) -> str:
        pattern = (self._get_param("filterPattern") or "").strip()
        if pattern and (not _PATTERN.fullmatch(pattern) or _SIGNS.search(pattern)):
            raise NotImplementedError(f"the filter pattern {pattern}: only words and one quoted phrase")
        return filter_events(self)

    def start_understood_query(self: LogsResponse) -> str:
        _check(self._get_param("queryString") or "")
        return start(self)

    def fields_with_moments(self: ParsedEvent) -> dict[str, Any]:
        found = fields(self)
        if "@timestamp" in found:
            moment = datetime.datetime.fromtimestamp(found["@timestamp"] / 1000, tz=datetime.UTC)
            found["@timestamp"] = moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        return found

    patch(
        LogsResponse,
        "filter_log_events",
        filter_understood_events,
        reason="moto ignores the parts of a filter pattern that it does not know.",
    )
    patch(
        LogsResponse,
        "start_query",
        start_understood_query,
        reason="moto ignores the parts of a query that it does not know.",
    )
    patch(
        ParsedEvent,
        "_create_fields",
        fields_with_moments,
        reason="moto returns @timestamp as a number; AWS as text.",
    )


def _check(query: str) -> None:
    """Raise NotImplementedError for parts of a query that moto would ignore."""
    for part in query.split("|"):
        command, _, rest = part.strip().partition(" ")
        known = command.lower() in _COMMANDS
        if command.lower() == "fields":
            known = all(field.strip() in _FIELDS for field in rest.split(","))
        if command.lower() == "sort":
            known = bool(_SORT.fullmatch(part.strip()))
        if not known:
            raise NotImplementedError(f"{part.strip()}: queries have fields, sort @timestamp and limit only")
