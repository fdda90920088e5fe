"""`Candidate`: what gates look at."""

from dataclasses import dataclass
from datetime import datetime

from terrarium.record import RunRecord

__all__ = ["Candidate"]


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
