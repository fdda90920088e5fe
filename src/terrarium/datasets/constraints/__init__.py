"""What a dataset promises about its rows, kept with it and enforced on every write."""

from terrarium.datasets.constraints.declared import (
    AllowedValues,
    Constraint,
    Fresh,
    Matches,
    NotNull,
    Range,
    References,
    RowCount,
    Unique,
)
from terrarium.datasets.constraints.report import ValidationReport, Violation

__all__ = [
    "AllowedValues",
    "Constraint",
    "Fresh",
    "Matches",
    "NotNull",
    "Range",
    "References",
    "RowCount",
    "Unique",
    "ValidationReport",
    "Violation",
]
