"""Parameters of pipelines: JSON values, the same in a local run and in an execution."""

import json
from collections.abc import Mapping
from typing import Any

from terrarium.pipelines.errors import PipelineInvalidError

__all__ = ["json_parameters", "problems_of_parameters"]

# Every step gets the parameters in one environment variable. ECS refuses overrides of more than 8,192 characters of
# JSON (Amazon ECS API, RunTask, overrides); the other variables, the command and the resources need at least 392.
_LONGEST = 7800  # characters of JSON, escaped as a value in JSON


def json_parameters(pipeline: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as steps receive them: tuples become lists, and keys text.

    Raises:
        PipelineInvalidError: JSON has no such value, or the parameters are too long for a job.
    """
    problems = problems_of_parameters(given)
    if problems:
        raise PipelineInvalidError(
            f"pipeline {pipeline} cannot have these parameters: {'; '.join(problems)}",
            remedy="pass finite numbers, text, true or false, None, lists and mappings; store long values in a dataset "
            "or an artifact",
        )
    parameters: dict[str, Any] = json.loads(json.dumps(dict(given), allow_nan=False))
    return parameters


def problems_of_parameters(given: Mapping[str, Any]) -> list[str]:
    """Return the reasons why parameters cannot be passed to a step, one sentence each."""
    problems = [
        f"parameter {name} is {value!r} ({type(value).__name__}), which JSON cannot hold"
        for name, value in given.items()
        if not _is_json(value)
    ]
    if problems:
        return problems
    length = len(json.dumps(json.dumps(dict(given))))
    if length <= _LONGEST:
        return []
    return [f"the parameters have {length:,} characters as JSON, and a job accepts {_LONGEST:,}"]


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True
