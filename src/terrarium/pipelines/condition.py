"""What must hold for a step to be taken: `Output("evaluate", "roc_auc") >= 0.97`."""

import operator
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Condition", "Output", "Parameter"]

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
Value = bool | int | float | str

_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition(BaseModel):
    """A comparison of an output or a parameter with a value.

    Attributes:
        step: Whose output is compared; None for a parameter of the pipeline.
        name: The output's or parameter's.
        comparison: How.
        value: With what.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str | None
    name: str
    comparison: Comparison
    value: Value

    def holds(self, parameters: Mapping[str, Any], outputs: Mapping[str, Any]) -> bool:
        """Whether it does; not where there is nothing to compare.

        Args:
            parameters: Of the pipeline.
            outputs: Of steps, by step.
        """
        found = parameters if self.step is None else outputs.get(self.step) or {}
        return self.name in found and bool(_COMPARE[self.comparison](found[self.name], self.value))

    def __str__(self) -> str:
        where = "parameter" if self.step is None else f"{self.step}'s output"
        return f"{where} {self.name} {self.comparison} {self.value}"


class _Comparable:
    def __init__(self, step: str | None, name: str) -> None:
        self._step = step
        self._name = name

    def _compared(self, comparison: Comparison, value: Value) -> Condition:
        return Condition(step=self._step, name=self._name, comparison=comparison, value=value)

    def __eq__(self, value: Value) -> Condition:  # type: ignore[override] # a condition is what it is for
        return self._compared("==", value)

    def __ne__(self, value: Value) -> Condition:  # type: ignore[override] # the same
        return self._compared("!=", value)

    def __lt__(self, value: Value) -> Condition:
        return self._compared("<", value)

    def __le__(self, value: Value) -> Condition:
        return self._compared("<=", value)

    def __gt__(self, value: Value) -> Condition:
        return self._compared(">", value)

    def __ge__(self, value: Value) -> Condition:
        return self._compared(">=", value)

    __hash__ = None  # type: ignore[assignment] # what compares to a condition cannot be a key


class Output(_Comparable):
    """An output of a step, to be compared.

    Args:
        step: The step.
        name: What it calls the output.
    """

    def __init__(self, step: str, name: str) -> None:
        super().__init__(step, name)


class Parameter(_Comparable):
    """A parameter of the pipeline, to be compared.

    Args:
        name: The parameter.
    """

    def __init__(self, name: str) -> None:
        super().__init__(None, name)
