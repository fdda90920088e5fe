"""Filter for a log message of psycopg that repeats a raised error when a pipeline ends."""

import logging

__all__ = ["quiet_failed_pipelines"]

_ECHO = "error ignored terminating"


def quiet_failed_pipelines() -> None:
    """Filter the message that psycopg logs at the end of a failed pipeline. The caller gets the error itself."""
    logging.getLogger("psycopg").addFilter(_is_no_echo)  # the same filter is added only once


def _is_no_echo(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_ECHO)
