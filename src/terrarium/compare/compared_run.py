"""A run as far as comparisons look at it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.experiments.summary import RunSummary
from terrarium.record import RunRecord
from terrarium.record.errors import RecordMissingError, RecordUnreadableError
from terrarium.record.storage import read_record

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["ComparedRun"]


@dataclass(frozen=True, kw_only=True)
class ComparedRun:
    """A run, and its record; None where it has none, as runs of plain MLflow."""

    summary: RunSummary
    record: RunRecord | None

    @classmethod
    def read(cls, client: "MlflowClient", summary: RunSummary) -> "ComparedRun":
        """The run with what is on record of it."""
        try:
            return cls(summary=summary, record=read_record(client, summary.id))
        except (RecordMissingError, RecordUnreadableError):
            return cls(summary=summary, record=None)

    @property
    def label(self) -> str:
        """Its name and the beginning of its id."""
        return f"{self.summary.name} ({self.summary.id[:8]})"
