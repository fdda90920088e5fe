"""`Candidate`: what gates look at."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from terrarium.models.package import RECORD, read_model
from terrarium.record import RunRecord
from terrarium.record.storage import parse_record

__all__ = ["Candidate", "packaged_candidate"]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model that is to enter a registry.

    Attributes:
        name: Of the registered model.
        record: Of the run that made it.
        signature: Whether it says what it takes and gives.
        input_example: Whether an example of its input comes with it.
        data_as_of: When the newest snapshot of the data it learnt from was made; None where nobody knows.
    """

    name: str
    record: RunRecord
    signature: bool
    input_example: bool
    data_as_of: datetime | None

    @property
    def metrics(self) -> dict[str, float]:
        """As on record."""
        return dict(self.record.evaluation.metrics) if self.record.evaluation else {}


def packaged_candidate(package: Path, *, name: str, reference: str, data_as_of: datetime | None) -> Candidate:
    """Return the candidate that a verified package holds.

    Args:
        package: The folder of the package.
        name: Of the registered model.
        reference: The version, for errors.
        data_as_of: When the newest snapshot of the data was made, if anybody knows.
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
