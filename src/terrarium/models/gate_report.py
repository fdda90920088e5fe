"""`GateReport`: the results of an environment's gates for one model."""

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

__all__ = ["GateReport", "GateResult"]


class GateResult(BaseModel):
    """The result of one gate.

    Attributes:
        gate: The name of the gate.
        passed: Whether the model passed.
        value: The value of the model.
        wanted: The required value.
        remedy: The action that makes the model pass; empty if it passed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gate: str
    passed: bool
    value: str
    wanted: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{'passed' if self.passed else 'FAILED'}  {self.gate}: {self.value}, required: {self.wanted}"
        return line if self.passed else f"{line}\n        -> {self.remedy}"


class GateReport(BaseModel):
    """The results of all gates.

    Attributes:
        environment: The environment of the gates.
        results: One result per gate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str
    results: tuple[GateResult, ...]

    @property
    def passed(self) -> bool:
        """True if the model passed all gates."""
        return not any(self.failures())

    def failures(self) -> Iterator[GateResult]:
        """Return the results of the gates that failed."""
        return (result for result in self.results if not result.passed)

    def __str__(self) -> str:
        return "\n".join(map(str, self.results))
