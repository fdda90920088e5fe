"""What the gates of an environment say about a model, in words."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

__all__ = ["GateReport", "GateResult"]


class GateResult(BaseModel):
    """One gate.

    Attributes:
        gate: What is asked for, in a word or two.
        passed: Whether it is there.
        value: What was found.
        wanted: What passes.
        remedy: What to do where it did not pass; empty where it did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gate: str
    passed: bool
    value: str
    wanted: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{'passed' if self.passed else 'FAILED'}  {self.gate}: {self.value}, wanted: {self.wanted}"
        return line if self.passed else f"{line}\n        -> {self.remedy}"


class GateReport(BaseModel):
    """Every gate that was asked.

    Attributes:
        environment: Whose gates.
        results: One per gate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    results: tuple[GateResult, ...]

    @property
    def passed(self) -> bool:
        """Whether all did."""
        return not any(self.failures())

    def failures(self) -> Iterator[GateResult]:
        """Those that did not."""
        return (result for result in self.results if not result.passed)

    def __str__(self) -> str:
        return "\n".join(map(str, self.results))
