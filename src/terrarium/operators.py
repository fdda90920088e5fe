"""What compares to an expression instead of an answer, as in pandas: `field > 0.9`."""

from abc import abstractmethod
from typing import Generic, Literal, TypeVar

__all__ = ["Comparable", "Comparison"]

Comparison = Literal["==", "!=", "<", "<=", ">", ">="]

_Value = TypeVar("_Value", contravariant=True)
_Expression = TypeVar("_Expression", covariant=True)


class Comparable(Generic[_Value, _Expression]):
    """Makes an expression of each of Python's comparisons."""

    @abstractmethod
    def _compared(self, operator: Comparison, value: _Value) -> _Expression:
        """The expression that this compares so to `value`."""

    def __eq__(self, value: _Value) -> _Expression:  # type: ignore[override] # an expression is what it is for
        return self._compared("==", value)

    def __ne__(self, value: _Value) -> _Expression:  # type: ignore[override] # the same
        return self._compared("!=", value)

    def __lt__(self, value: _Value) -> _Expression:
        return self._compared("<", value)

    def __le__(self, value: _Value) -> _Expression:
        return self._compared("<=", value)

    def __gt__(self, value: _Value) -> _Expression:
        return self._compared(">", value)

    def __ge__(self, value: _Value) -> _Expression:
        return self._compared(">=", value)

    __hash__ = None  # type: ignore[assignment] # what compares to an expression cannot be a key
