"""Comparison operators that return an expression, as in pandas: `field > 0.9`."""

from abc import abstractmethod
from typing import Generic, Literal, TypeVar

__all__ = ["Comparable", "ComparisonOperator"]

ComparisonOperator = Literal["==", "!=", "<", "<=", ">", ">="]

_Value = TypeVar("_Value", contravariant=True)
_Expression = TypeVar("_Expression", covariant=True)


class Comparable(Generic[_Value, _Expression]):
    """A base class whose comparisons return an expression."""

    @abstractmethod
    def _compared(self, operator: ComparisonOperator, value: _Value) -> _Expression:
        """Return the expression `self operator value`."""

    def __eq__(self, value: _Value) -> _Expression:  # type: ignore[override] # returns an expression by design
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

    __hash__ = None  # type: ignore[assignment] # == does not return a bool, so it cannot be a key
