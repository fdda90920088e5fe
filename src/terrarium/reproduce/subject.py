"""The run that is to be reproduced: all that is on record of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.code.patch import read_patch
from terrarium.experiments.summary import RunSummary
from terrarium.record import Code, Environment, RunRecord
from terrarium.record.storage import read_record
from terrarium.reproduce.errors import NotReproducibleError

if TYPE_CHECKING:
    from terrarium.lab import Lab

__all__ = ["Subject"]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A run with its record.

    Attributes:
        patch: How the code differed from its commit; empty if it did not.
    """

    summary: RunSummary
    record: RunRecord
    code: Code
    environment: Environment
    commit: str
    entry_point: str
    patch: bytes

    @classmethod
    def read(cls, lab: "Lab", run: str) -> "Subject":
        """The run of this id.

        Raises:
            RecordMissingError: It has no record.
            NotReproducibleError: The record lacks what it takes; all of it is named.
            PatchError: The patch is not the one that was recorded.
        """
        from terrarium.search import run_id

        record = read_record(lab.experiments.client, run)
        (summary,) = lab.experiments.search(run_id == run)
        code, environment = record.code, record.environment
        missing = [gap for gap in record.missing() if gap.what.startswith(("code", "environment"))]
        if code is not None and code.notebook:
            raise NotReproducibleError(
                f"run {run} cannot be run again: it came from {code.entry_point or 'a notebook'}, whose cells may "
                "have run in any order",
                remedy="move the code into a script or module and record a run of it; artifact record/cells.py of the "
                "run has the cells in the order in which they ran",
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
            patch=read_patch(summary.artifact_uri, code),
        )
