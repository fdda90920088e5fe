"""What must hold for a step to be taken: `Output("evaluate", "roc_auc") >= 0.97`."""

import operator
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from terrarium.comparable import Comparable, Comparison

__all__ = ["Condition", "Output", "Parameter"]

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


class _Compared(Comparable[Value, Condition]):
    def __init__(self, step: str | None, name: str) -> None:
        self._step = step
        self._name = name

    def _compared(self, operator: Comparison, value: Value) -> Condition:
        return Condition(step=self._step, name=self._name, comparison=operator, value=value)


class Output(_Compared):
    """An output of a step, to be compared.

    Args:
        step: The step.
        name: What it calls the output.
    """

    def __init__(self, step: str, name: str) -> None:
        super().__init__(step, name)


class Parameter(_Compared):
    """A parameter of the pipeline, to be compared.

    Args:
        name: The parameter.
    """

    def __init__(self, name: str) -> None:
        super().__init__(None, name)
