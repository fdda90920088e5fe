"""Run records: the metadata with which a run can be found, compared and reproduced.

Store: the connection, services, the lab and faces may import it.
"""

from typing import TYPE_CHECKING

from terrarium.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from terrarium.record.run_record import Missing, RunRecord
    from terrarium.record.sections import (
        Architecture,
        Code,
        Environment,
        Evaluation,
        FoldMetric,
        Hyperparameters,
        Infrastructure,
        Part,
        PretrainedModule,
        SearchRecord,
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
    "FoldMetric",
    "Grouped",
    "HoldOut",
    "Hyperparameters",
    "Infrastructure",
    "KFold",
    "Missing",
    "Nested",
    "Part",
    "PretrainedModule",
    "RunRecord",
    "SearchRecord",
    "Seeds",
    "Splits",
    "Stratified",
    "TimeSeries",
    "Trial",
    "UseCase",
    "ValidationProcedure",
]

# Lazy: a pipeline needs only the use case, and the stacks import pipelines.
_HOMES = {
    "Architecture": "terrarium.record.sections",
    "Code": "terrarium.record.sections",
    "Environment": "terrarium.record.sections",
    "Evaluation": "terrarium.record.sections",
    "Grouped": "terrarium.record.validation",
    "HoldOut": "terrarium.record.validation",
    "Hyperparameters": "terrarium.record.sections",
    "Infrastructure": "terrarium.record.sections",
    "KFold": "terrarium.record.validation",
    "FoldMetric": "terrarium.record.sections",
    "Missing": "terrarium.record.run_record",
    "Nested": "terrarium.record.validation",
    "Part": "terrarium.record.sections",
    "PretrainedModule": "terrarium.record.sections",
    "RunRecord": "terrarium.record.run_record",
    "SearchRecord": "terrarium.record.sections",
    "Seeds": "terrarium.record.sections",
    "Splits": "terrarium.record.sections",
    "Stratified": "terrarium.record.validation",
    "TimeSeries": "terrarium.record.validation",
    "Trial": "terrarium.record.sections",
    "UseCase": "terrarium.record.use_case",
    "ValidationProcedure": "terrarium.record.validation",
}

__getattr__ = lazy_attributes(__name__, _HOMES)
