"""Environment variable of a reproducing process, and the tags of its runs."""

import json
import os
from typing import Final

__all__ = ["ATTEMPT", "REPRODUCES", "marking", "reproduced_run"]

# Tags of the runs of a reproduction: the id of the original run, and of the attempt.
REPRODUCES: Final = "terrarium.reproduces"
ATTEMPT: Final = "terrarium.reproduction"

_VARIABLE = "TERRARIUM_REPRODUCES"


def reproduced_run() -> str | None:
    """Return the id of the run that this process reproduces, or None.

    Code that skips runs that are already recorded must not skip them in a reproduction.

    Example:
        >>> if already_recorded(params) and terrarium.reproduced_run() is None:
        ...     return
    """
    return os.environ.get(_VARIABLE)


def marking(run: str, attempt: str) -> dict[str, str]:
    """Return the environment variables of a process that reproduces `run`. MLflow adds the tags to each of its runs."""
    tags = {REPRODUCES: run, ATTEMPT: attempt}
    return {_VARIABLE: run, "MLFLOW_RUN_CONTEXT": json.dumps(tags)}
