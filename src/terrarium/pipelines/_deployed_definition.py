"""Deployed definitions of pipelines: checks before a start, and the end of runs that no step ends."""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from terrarium.manifest import PUBLISHED_PREFIX
from terrarium.pipelines.errors import PipelineInvalidError, PipelineNotPublishedError
from terrarium.pipelines.pipeline_run import EXECUTION_TAG, STEP_TAG
from terrarium.pipelines.publication import is_published

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from terrarium.artifacts import Artifacts
    from terrarium.pipelines.execution import Execution

__all__ = ["CodeState", "check_startable", "end_run", "find_code_state"]

_PUBLISHED = re.compile(re.escape(PUBLISHED_PREFIX) + r"pipelines/[^/]+/(?P<digest>[0-9a-f]{16})\.json$")
_RUN_STATUS = {"SUCCEEDED": "FINISHED", "ABORTED": "KILLED"}


class CodeState(NamedTuple):
    """The state of a compiled pipeline that reads the pointer to its published code.

    Attributes:
        name: The name of the state.
        digest: The digest of the definition that the code was published for.
    """

    name: str
    digest: str


def find_code_state(machine: Mapping[str, Any]) -> CodeState | None:
    """Return the state that reads the published code; None for a state machine that no pipeline was compiled to.

    The state is found by the key that it reads: definitions of earlier versions have other state names.
    """
    for name, state in machine["States"].items():
        match = _PUBLISHED.search(state.get("Parameters", {}).get("Key", ""))
        if match is not None:
            return CodeState(name, match["digest"])
    return None


def check_startable(
    published: "Artifacts", name: str, definition: str, given: Mapping[str, Any], *, environment: str
) -> None:
    """Refuse to start an execution that would fail in its first states.

    A state machine that was not compiled from a pipeline may always start.

    Raises:
        PipelineInvalidError: The pipeline has no such parameter.
        PipelineNotPublishedError: No code was published for the deployed definition.
    """
    machine = json.loads(definition)
    code = find_code_state(machine)
    if code is None:
        return
    known = machine["States"][machine["StartAt"]]["Result"]["parameters"]
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise PipelineInvalidError(
            f"pipeline {name!r} has no parameter {', '.join(unknown)}",
            remedy=f"its parameters: {', '.join(sorted(known)) or 'none'}",
        )
    if not is_published(published, name, code.digest):
        raise PipelineNotPublishedError(
            f"no code was published for the deployed definition of pipeline {name!r} of {environment!r}",
            remedy=f"run in the checkout that was deployed: terrarium pipelines publish --all -e {environment}",
        )


def end_run(client: "MlflowClient", execution: "Execution") -> None:
    """End the runs of an ended execution that no step ended: it was stopped, or its last steps were skipped."""
    experiments = [found.experiment_id for found in client.search_experiments()]
    condition = f"tags.`{EXECUTION_TAG}` = '{execution.name}' and attributes.status = 'RUNNING'"
    for run in client.search_runs(experiments, condition, max_results=1000):
        whole = run.data.tags[STEP_TAG] == ""
        status = _RUN_STATUS.get(execution.status, "FAILED") if whole else "KILLED"
        client.set_terminated(run.info.run_id, status=status)
