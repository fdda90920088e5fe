"""Rerun of an entry point, and the search for the run that corresponds to the original."""

import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.record.run_summary import RunSummary
from terrarium.reproduce.errors import RerunFailedError
from terrarium.reproduce.passed_variables import run_variables
from terrarium.reproduce.recorded_run import RecordedRun
from terrarium.reproduce.reproduction_tags import ATTEMPT, marking
from terrarium.reproduce.workspace import Workspace

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from terrarium.connection import Connection

__all__ = ["rerun"]

# The search path of this interpreter. A rebuilt environment has its own.
_PATHS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
_TAIL = 2000  # characters of output that an error shows


def rerun(
    connection: "Connection",
    original: RecordedRun,
    workspace: Workspace,
    *,
    log: Path,
    variables: tuple[str, ...] = (),
) -> RunSummary:
    """Run the entry point, and return the run that corresponds to the original.

    Args:
        connection: The environment where runs are recorded.
        original: The run to reproduce.
        workspace: The code and the interpreter.
        log: The file for the output of the process.
        variables: Names of additional environment variables for the process.

    Raises:
        RerunFailedError: The entry point failed, or recorded no run in the original's experiment.
    """
    attempt = uuid.uuid4().hex
    environment = run_variables(variables if workspace.isolated else (*variables, *_PATHS))
    environment |= marking(original.summary.id, attempt) | {"TERRARIUM_ENVIRONMENT": connection.environment}
    hash_seed = original.record.seeds.given.get("PYTHONHASHSEED") if original.record.seeds else None
    if hash_seed is not None:
        environment["PYTHONHASHSEED"] = str(hash_seed)
    command = workspace.command(original)
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            cwd=workspace.folder(original),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise RerunFailedError(
            f"`{' '.join(command)}` exited with code {done.returncode}:\n{log.read_text(errors='replace')[-_TAIL:]}",
            remedy=f"read the complete output: {log}",
        )
    return _counterpart(connection.mlflow_client, original, attempt, command=command)


def _counterpart(
    client: "MlflowClient", original: RecordedRun, attempt: str, *, command: list[str]
) -> RunSummary:
    wanted = original.summary
    # MLflow's client reads from the writer of the database. A replica may not have the run yet.
    experiment = client.get_experiment_by_name(wanted.experiment)
    assert experiment is not None  # noqa: S101 - for the type checker: it contains the original
    made = client.search_runs(
        [experiment.experiment_id], f"tags.`{ATTEMPT}` = '{attempt}'", order_by=["attributes.start_time asc"]
    )
    runs = [RunSummary.of(run, experiment=wanted.experiment) for run in made]
    if not runs:
        raise RerunFailedError(
            f"`{' '.join(command)}` succeeded, but recorded no run in experiment {wanted.experiment!r}",
            remedy="if the code skips recorded runs, make it skip none if `terrarium.reproduced_run()` is not None",
        )
    return max(runs, key=lambda run: (run.params == wanted.params, run.name == wanted.name))
