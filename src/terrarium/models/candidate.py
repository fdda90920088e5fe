"""`Candidate`: a model that gates check."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from terrarium.models._package import RECORD, read_model
from terrarium.record import RunRecord
from terrarium.record.storage import parse_record

__all__ = ["Candidate", "packaged_candidate"]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model before it enters a registry.

    Attributes:
        name: The name of the registered model.
        record: The record of the run that produced the model.
        signature: Whether the model has a signature.
        input_example: Whether the model has an input example.
        data_as_of: The time of the newest snapshot of its training data; None if it is unknown.
    """

    name: str
    record: RunRecord
    signature: bool
    input_example: bool
    data_as_of: datetime | None

    @property
    def metrics(self) -> dict[str, float]:
        """The metrics in the record."""
        return dict(self.record.evaluation.metrics) if self.record.evaluation else {}


def packaged_candidate(package: Path, *, name: str, reference: str, data_as_of: datetime | None) -> Candidate:
    """Return the candidate in a verified package.

    Args:
        package: The folder of the package.
        name: The name of the registered model.
        reference: The reference of the version, for errors.
        data_as_of: The time of the newest snapshot of the training data, if it is known.
    """
    model = read_model(package)
    text = (package / RECORD).read_text(encoding="utf-8")
    return Candidate(
        name=name,
        record=parse_record(text, source=reference),
        signature=model.signature is not None,
        input_example=model.saved_input_example_info is not None,
        data_as_of=data_as_of,
    )
