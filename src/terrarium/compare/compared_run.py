"""A run with the data that a comparison reads."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from terrarium.record import RunRecord
from terrarium.record.errors import RecordMissingError, RecordUnreadableError
from terrarium.record.run_summary import RunSummary
from terrarium.record.storage import read_record

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["ComparedRun"]


@dataclass(frozen=True, kw_only=True)
class ComparedRun:
    """A run and its record. Runs of plain MLflow code have no record."""

    summary: RunSummary
    record: RunRecord | None

    @classmethod
    def read(cls, client: "MlflowClient", summary: RunSummary) -> "ComparedRun":
        """Return the run with its record, or with None if the record is missing or unreadable."""
        try:
            return cls(summary=summary, record=read_record(client, summary.id))
        except (RecordMissingError, RecordUnreadableError):
            return cls(summary=summary, record=None)

    @property
    def label(self) -> str:
        """The run's name and the first 8 characters of its id."""
        return f"{self.summary.name} ({self.summary.id[:8]})"
