"""Constraints on the rows of a dataset, stored with it and checked at every write.

Only `terrarium.datasets` imports it; users import its public names.
"""

from terrarium.datasets.constraints.constraint_types import (
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
from terrarium.datasets.constraints.validation_report import ValidationReport, Violation

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
