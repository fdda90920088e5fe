"""Incremental reads of a log stream."""

from typing import Any

__all__ = ["read_log"]


def read_log(logs: Any, *, group: str, stream: str, token: str | None) -> tuple[list[str], str | None]:
    """Return the lines after `token`, and the token for the next call.

    Args:
        logs: The client of CloudWatch Logs.
        group: The log group.
        stream: The log stream; one that does not exist yet is empty.
        token: The token of the previous call; None for the beginning.
    """
    lines: list[str] = []
    while True:
        given = {} if token is None else {"nextToken": token}
        try:
            page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **given)
        except logs.exceptions.ResourceNotFoundException:
            return lines, token
        lines.extend(event["message"] for event in page["events"])
        before, token = token, page["nextForwardToken"]
        if token == before:  # CloudWatch Logs repeats the token at the current end
            return lines, token
