"""`terrarium.Pipeline`: steps that follow each other, run locally, or as a state machine of jobs."""

from typing import TYPE_CHECKING

from terrarium.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from terrarium.pipelines.condition import Output, Parameter
    from terrarium.pipelines.context import StepContext
    from terrarium.pipelines.pipeline import Pipeline
    from terrarium.pipelines.service import Pipelines
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
    "Pipelines": "terrarium.pipelines.service",
    "Step": "terrarium.pipelines.step",
    "StepContext": "terrarium.pipelines.context",
}

__getattr__ = lazy_attributes(__name__, _HOMES)
