"""psycopg logs a failed statement of a pipeline once more, when it ends the pipeline; the failure is raised anyway."""

import logging

__all__ = ["quiet_failed_pipelines"]

_ECHO = "error ignored terminating"


def quiet_failed_pipelines() -> None:
    """Keep psycopg from printing the consequence of an error that its caller is told, and may well expect."""
    logging.getLogger("psycopg").addFilter(_is_no_echo)  # the same filter is added only once


def _is_no_echo(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(_ECHO)
