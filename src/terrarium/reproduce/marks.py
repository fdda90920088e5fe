"""How a process knows that it reproduces a run, and how its runs say so."""

import json
import os
from typing import Final

__all__ = ["ATTEMPT", "REPRODUCES", "marking", "reproduced_run"]

# Tags of the runs that a reproduction makes: which run they reproduce, and in which attempt.
REPRODUCES: Final = "terrarium.reproduces"
ATTEMPT: Final = "terrarium.reproduction"

_VARIABLE = "TERRARIUM_REPRODUCES"


def reproduced_run() -> str | None:
    """The id of the run that this process was started to reproduce, if it was.

    Code that skips what is on record already has to ask, and then skip nothing.
    """
    return os.environ.get(_VARIABLE)


def marking(run: str, attempt: str) -> dict[str, str]:
    """Variables for a process that reproduces `run`; MLflow itself puts the tags on each of its runs."""
    tags = {REPRODUCES: run, ATTEMPT: attempt}
    return {_VARIABLE: run, "MLFLOW_RUN_CONTEXT": json.dumps(tags)}
