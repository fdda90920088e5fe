"""What came of a reproduction."""

from pydantic import BaseModel, ConfigDict

from terrarium.reproduce.ingredients import Difference, Ingredient

__all__ = ["Verdict"]


class Verdict(BaseModel):
    """Match, or the first ingredient that differs.

    Attributes:
        run: The id of the run that was reproduced.
        again: The id of the run that came of it; None if it did not come that far.
        differences: Everything that is not as it was, causes before effects.
        compared: Metric -> as recorded, and now.
        tolerance: By how much metrics might differ, relatively.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    run: str
    again: str | None
    differences: tuple[Difference, ...]
    compared: dict[str, tuple[float, float | None]]
    tolerance: float

    @property
    def match(self) -> bool:
        """Whether the ingredients are the recorded ones, and the metrics came out within tolerance."""
        return not self.differences

    @property
    def first(self) -> Difference | None:
        """The difference that comes first in the order of causes."""
        return self.differences[0] if self.differences else None

    def __str__(self) -> str:
        if self.first is None:
            return f"match: {len(self.compared)} metrics within a relative {self.tolerance:g}"
        metrics = any(difference.ingredient is Ingredient.METRIC for difference in self.differences)
        agree = "" if metrics or self.again is None else " (the metrics agree all the same)"
        return f"no match: the first ingredient that differs is {self.first}{agree}"
