"""`Verdict`: the result of a reproduction."""

from pydantic import BaseModel, ConfigDict

from terrarium.reproduce.differences import Difference, DifferenceKind

__all__ = ["Verdict"]


class Verdict(BaseModel):
    """A match, or the differences.

    Attributes:
        run: The id of the original run.
        again: The id of the reproduced run; None if the entry point failed.
        differences: All differences, causes before effects.
        compared: Metric -> the recorded and the current value.
        tolerance: The allowed relative difference of metrics.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    run: str
    again: str | None
    differences: tuple[Difference, ...]
    compared: dict[str, tuple[float, float | None]]
    tolerance: float

    @property
    def match(self) -> bool:
        """True if there is no difference, and all metrics are within tolerance."""
        return not self.differences

    @property
    def first(self) -> Difference | None:
        """The first difference in the order of causes."""
        return self.differences[0] if self.differences else None

    def __str__(self) -> str:
        if self.first is None:
            return f"match: {len(self.compared)} metrics within a relative {self.tolerance:g}"
        metrics = any(difference.kind is DifferenceKind.METRIC for difference in self.differences)
        agree = "" if metrics or self.again is None else " (the metrics agree)"
        return f"no match: the first difference is {self.first}{agree}"
