"""Reading a log stream as far as it goes, and later on from there."""

from typing import Any

__all__ = ["read_log"]


def read_log(logs: Any, *, group: str, stream: str, token: str | None) -> tuple[list[str], str | None]:
    """The lines since `token`, and the token for what comes after them.

    Args:
        logs: The client of CloudWatch Logs.
        group: The log group.
        stream: The stream; one that does not exist yet is empty.
        token: From an earlier call; None for the beginning.
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
        if token == before:  # how CloudWatch Logs says that there is no more for now
            return lines, token
