"""Conditions under which a step runs: `Output("evaluate", "roc_auc") >= 0.97`."""

import math
import operator
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from terrarium.operators import Comparable, ComparisonOperator
from terrarium.pipelines.errors import PipelineInvalidError

__all__ = ["Output", "Parameter", "StepCondition"]

Value = bool | int | float | str

# Integers in JSON are exact up to here in all implementations (RFC 8259, section 6).
_LARGEST_EXACT = 2**53

_COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class StepCondition(BaseModel):
    """A comparison of an output or a parameter with a value.

    Attributes:
        step: The step whose output is compared; None for a parameter of the pipeline.
        name: Name of the output or parameter.
        comparison: The operator.
        value: The value to compare with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str | None
    name: Annotated[str, Field(min_length=1)]
    comparison: ComparisonOperator
    value: Value

    @model_validator(mode="after")
    def _means_the_same_everywhere(self) -> Self:
        value = self.value
        if isinstance(value, bool) and self.comparison not in {"==", "!="}:
            raise ValueError(
                f"{value} can only be compared with == and !="
            )  # States Language has no other comparison
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{value} is not a number that JSON has")
        if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
            raise ValueError(f"{value} is greater than 2**53, beyond which integers in JSON are not exact")
        return self

    def holds(self, parameters: Mapping[str, Any], outputs: Mapping[str, Any]) -> bool:
        """Return whether the condition holds, by the rules of a Choice state in Amazon States Language.

        A comparison with a missing value does not hold. Values of different kinds (boolean, number, text) are unequal,
        and neither is less than the other: `1` is not `True`.

        Args:
            parameters: Parameters of the pipeline.
            outputs: Outputs by step.
        """
        found = parameters if self.step is None else outputs.get(self.step) or {}
        if self.name not in found:
            return False
        compared = found[self.name]
        if _kind(compared) != _kind(self.value):
            return self.comparison == "!="
        return bool(_COMPARE[self.comparison](compared, self.value))

    def __str__(self) -> str:
        where = "parameter" if self.step is None else f"{self.step}'s output"
        return f"{where} {self.name} {self.comparison} {self.value}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"


class _Compared(Comparable[Value, StepCondition]):
    def __init__(self, step: str | None, name: str) -> None:
        self._step = step
        self._name = name

    def _compared(self, operator: ComparisonOperator, value: Value) -> StepCondition:
        try:
            return StepCondition(step=self._step, name=self._name, comparison=operator, value=value)
        except ValidationError as error:
            whose = "parameter" if self._step is None else f"output of {self._step}"
            problems = "; ".join(dict.fromkeys(one["msg"] for one in error.errors(include_url=False)))
            raise PipelineInvalidError(
                f"the condition on {whose} {self._name!r} {operator} {value!r} is invalid: {problems}",
                remedy="compare with a finite number, text, True or False",
            ) from error


class Output(_Compared):
    """An output of a step, in a condition.

    Args:
        step: Name of the step.
        name: Name of the output.

    Example:
        >>> terrarium.Step(name="submit", run="churn.steps:submit", when=Output("evaluate", "roc_auc") >= 0.8)
    """

    def __init__(self, step: str, name: str) -> None:
        super().__init__(step, name)


class Parameter(_Compared):
    """A parameter of the pipeline, in a condition.

    Args:
        name: Name of the parameter.

    Example:
        >>> terrarium.Step(name="submit", run="churn.steps:submit", when=Parameter("submit") == True)
    """

    def __init__(self, name: str) -> None:
        super().__init__(None, name)
