"""`RecordedRun`: a run with the recorded data that a reproduction needs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.code.patch import read_patch
from terrarium.record import Code, Environment, RunRecord
from terrarium.record.run_summary import RunSummary
from terrarium.record.storage import read_record
from terrarium.reproduce.errors import NotReproducibleError

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["RecordedRun"]


@dataclass(frozen=True, kw_only=True)
class RecordedRun:
    """A run with its record.

    Attributes:
        patch: The difference of the code from its commit; empty if there is none.
    """

    summary: RunSummary
    record: RunRecord
    code: Code
    environment: Environment
    commit: str
    entry_point: str
    patch: bytes

    @classmethod
    def read(cls, connection: "Connection", run: str) -> "RecordedRun":
        """Return the run with this id.

        Raises:
            RecordMissingError: The run has no record.
            NotReproducibleError: The record lacks data that a reproduction needs. The error lists it.
            PatchError: The patch differs from the recorded one.
        """
        from terrarium.search import run_id
        from terrarium.search.run_summaries import list_runs
        from terrarium.search.sql import ChosenRuns

        client = connection.mlflow_client
        record = read_record(client, run)
        (summary,) = list_runs(connection.database.reader, ChosenRuns(where=run_id == run))
        code, environment = record.code, record.environment
        missing = [gap for gap in record.missing() if gap.what.startswith(("code", "environment"))]
        if code is not None and code.notebook:
            raise NotReproducibleError(
                f"run {run} cannot be run again: it ran in {code.entry_point or 'a notebook'}, whose cells may have "
                "been executed in any order",
                remedy="move the code into a script or module and record a run of it; the run's artifact "
                "record/cells.py contains the cells in the order of their execution",
            )
        if code is None or environment is None or code.commit is None or code.entry_point is None:
            reasons = "; ".join(f"{gap.what} ({gap.why})" for gap in missing) or "code.entry_point"
            raise NotReproducibleError(
                f"run {run} cannot be run again: its record lacks {reasons}",
                remedy="record another run from a script or module in a git repository",
            )
        return cls(
            summary=summary,
            record=record,
            code=code,
            environment=environment,
            commit=code.commit,
            entry_point=code.entry_point,
            patch=read_patch(client, summary.artifact_uri, code),
        )
