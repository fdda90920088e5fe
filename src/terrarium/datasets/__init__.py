"""Datasets: Iceberg tables with versions, constraints, lineage and splits, behind `lab.datasets`.

Service: higher services, the lab and faces may import it.
"""

from terrarium.datasets._dataset import Dataset
from terrarium.datasets.constraints import (
    AllowedValues,
    Constraint,
    Fresh,
    Matches,
    NotNull,
    Range,
    References,
    RowCount,
    Unique,
    ValidationReport,
    Violation,
)
from terrarium.datasets.rows import Rows
from terrarium.datasets.service import Datasets
from terrarium.datasets.splitting.split import Split
from terrarium.datasets.versions import Version

__all__ = [
    "AllowedValues",
    "Constraint",
    "Dataset",
    "Datasets",
    "Fresh",
    "Matches",
    "NotNull",
    "Range",
    "References",
    "RowCount",
    "Rows",
    "Split",
    "Unique",
    "ValidationReport",
    "Version",
    "Violation",
]
