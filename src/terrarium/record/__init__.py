"""What is kept of a run so that it can be found, compared and reproduced."""

from terrarium.record.run_record import Missing, RunRecord
from terrarium.record.sections import (
    Architecture,
    Code,
    Environment,
    Evaluation,
    Hyperparameters,
    Infrastructure,
    Measured,
    Part,
    PretrainedModule,
    Search,
    Seeds,
    Splits,
    Trial,
)
from terrarium.record.use_case import UseCase
from terrarium.record.validation import (
    Grouped,
    HoldOut,
    KFold,
    Nested,
    Stratified,
    TimeSeries,
    ValidationProcedure,
)

__all__ = [
    "Architecture",
    "Code",
    "Environment",
    "Evaluation",
    "Grouped",
    "HoldOut",
    "Hyperparameters",
    "Infrastructure",
    "KFold",
    "Measured",
    "Missing",
    "Nested",
    "Part",
    "PretrainedModule",
    "RunRecord",
    "Search",
    "Seeds",
    "Splits",
    "Stratified",
    "TimeSeries",
    "Trial",
    "UseCase",
    "ValidationProcedure",
]
