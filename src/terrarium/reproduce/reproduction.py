"""Execution of a reproduction and its verdict."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.capture.environment import capture_environment
from terrarium.record import RunRecord
from terrarium.record.storage import read_record
from terrarium.reproduce._rerun import rerun
from terrarium.reproduce.differences import (
    Difference,
    differing_metrics,
    differing_packages,
    differing_records,
    differing_states,
    ordered,
)
from terrarium.reproduce.errors import RerunFailedError
from terrarium.reproduce.recorded_run import RecordedRun
from terrarium.reproduce.verdict import Verdict
from terrarium.reproduce.workspace import Workspace

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["differences_here", "verify"]


def differences_here(original: RecordedRun, workspace: Workspace) -> list[Difference]:
    """Return the differences of this working tree and interpreter from the record."""
    today = RunRecord(
        run=original.record.run, experiment=original.record.experiment, environment=capture_environment()
    )
    return ordered([*workspace.differences, *differing_packages(original.record, today)])


def verify(
    connection: "Connection",
    original: RecordedRun,
    workspace: Workspace,
    *,
    log: Path,
    tolerance: float,
    metrics: tuple[str, ...] = (),
    variables: tuple[str, ...] = (),
    say: Callable[[str], None],
) -> Verdict:
    """Run the original's entry point again, and compare both runs.

    Args:
        connection: The environment of both runs.
        original: The run to reproduce.
        workspace: The code and the interpreter.
        log: The file for the output of the process.
        tolerance: The allowed difference of metrics, relative to the larger value.
        metrics: The metrics to compare. Empty: all recorded metrics.
        variables: Names of additional environment variables for the process.
        say: Called with messages about the progress.

    Raises:
        RerunFailedError: The entry point failed, although code and packages are the recorded ones.
    """
    known = list(workspace.differences)
    recorded = {
        name: value for name, value in original.summary.metrics.items() if not metrics or name in metrics
    }
    say(f"running again: {' '.join(workspace.command(original)[1:])}")
    try:
        again = rerun(connection, original, workspace, log=log, variables=variables)
    except RerunFailedError:
        known = known and differences_here(original, workspace)
        if not known:
            raise
        compared: dict[str, tuple[float, float | None]] = {
            name: (value, None) for name, value in recorded.items()
        }
        return Verdict(
            run=original.summary.id,
            again=None,
            differences=tuple(known),
            compared=compared,
            tolerance=tolerance,
        )
    record = read_record(connection.mlflow_client, again.id)
    causes = [
        *known,
        *differing_packages(original.record, record),
        *differing_records(original.record, record),
    ]
    effects = list(differing_metrics(recorded, again.metrics, tolerance=tolerance))
    if effects and not causes:
        causes = list(differing_states(original.record, record))
    return Verdict(
        run=original.summary.id,
        again=again.id,
        differences=tuple(ordered([*causes, *effects])),
        compared={name: (value, again.metrics.get(name)) for name, value in recorded.items()},
        tolerance=tolerance,
    )
