"""Runs that overlap in one thread: MLflow has one stack of active runs per thread, and would confuse them.

Coroutines of one thread, and cells of a notebook, can begin runs that do not end in the reverse order. Each task of
asyncio has a context of its own, and the runs that a piece of code is within are those of its context.
"""

import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from terrarium.experiments.errors import RunsOverlapError

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["RunsUnderWay", "active_run_id", "end_mlflow_run", "runs_under_way"]

_WITHIN: ContextVar[tuple[str, ...]] = ContextVar("terrarium_runs", default=())


def active_run_id() -> str | None:
    """Return the id of MLflow's active run in this thread."""
    import mlflow

    active = mlflow.active_run()
    return active.info.run_id if active else None


class RunsUnderWay:
    """The runs that this process has begun and not ended."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._ids: set[str] = set()

    def check(self) -> None:
        """Check that no other code of this thread has a running run.

        Raises:
            RunsOverlapError: MLflow's active run was begun by another task.
        """
        active = active_run_id()
        if active is None or active in _WITHIN.get():
            return
        with self._mutex:
            begun_here = active in self._ids
        if begun_here:  # else plain MLflow began it, and a run is nested in it
            raise RunsOverlapError(
                f"run {active} is under way in this thread, and was begun by another task or cell",
                remedy="end it first, or run each in a thread of its own: await asyncio.to_thread(train, ...)",
            )

    def begin(self, run_id: str) -> None:
        """Note that a run has begun."""
        with self._mutex:
            self._ids.add(run_id)
        _WITHIN.set((*_WITHIN.get(), run_id))

    def end(self, run_id: str) -> None:
        """Note that a run has ended."""
        with self._mutex:
            self._ids.discard(run_id)
        # Not by token: the block may end in another context than it began in.
        _WITHIN.set(tuple(other for other in _WITHIN.get() if other != run_id))


# MLflow's stack of active runs belongs to the process, and so does this.
runs_under_way: Final = RunsUnderWay()


def end_mlflow_run(client: "MlflowClient", run_id: str, status: str) -> None:
    """End a run of MLflow's, and no other, whichever is active in this thread."""
    import mlflow
    from mlflow.tracking.fluent import _active_run_stack

    if active_run_id() == run_id:
        mlflow.end_run(status)
        return
    # Its block ends out of order, in another thread, or after somebody called `mlflow.end_run`.
    for stack in _active_run_stack.get_all_thread_values().values():
        stack[:] = [run for run in stack if run.info.run_id != run_id]
    if client.get_run(run_id).info.status == "RUNNING":
        client.set_terminated(run_id, status)
