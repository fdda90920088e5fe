"""`terrarium.Pipeline`: steps that follow each other, run locally, or as a state machine of jobs."""

from typing import TYPE_CHECKING

from terrarium.late_imports import imported_when_used

if TYPE_CHECKING:
    from terrarium.pipelines.collection import Pipelines
    from terrarium.pipelines.condition import Output, Parameter
    from terrarium.pipelines.context import StepContext
    from terrarium.pipelines.pipeline import Pipeline
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.trigger import DataArrival, Drift

__all__ = [
    "DataArrival",
    "Drift",
    "Output",
    "Parameter",
    "Pipeline",
    "Pipelines",
    "Step",
    "StepContext",
]

_HOMES = {
    "DataArrival": "terrarium.pipelines.trigger",
    "Drift": "terrarium.pipelines.trigger",
    "Output": "terrarium.pipelines.condition",
    "Parameter": "terrarium.pipelines.condition",
    "Pipeline": "terrarium.pipelines.pipeline",
    "Pipelines": "terrarium.pipelines.collection",
    "Step": "terrarium.pipelines.step",
    "StepContext": "terrarium.pipelines.context",
}

__getattr__ = imported_when_used(__name__, _HOMES)
