"""Pipelines: steps in an order, run in this process or as a state machine of Batch jobs.

Service: higher services, the lab and faces may import it.
"""

from typing import TYPE_CHECKING

from terrarium.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from terrarium.pipelines.pipeline import Pipeline
    from terrarium.pipelines.service import Pipelines
    from terrarium.pipelines.step import Step
    from terrarium.pipelines.step_condition import Output, Parameter
    from terrarium.pipelines.step_context import StepContext
    from terrarium.pipelines.step_lab import StepLab
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
    "StepLab",
]

_HOMES = {
    "DataArrival": "terrarium.pipelines.trigger",
    "Drift": "terrarium.pipelines.trigger",
    "Output": "terrarium.pipelines.step_condition",
    "Parameter": "terrarium.pipelines.step_condition",
    "Pipeline": "terrarium.pipelines.pipeline",
    "Pipelines": "terrarium.pipelines.service",
    "Step": "terrarium.pipelines.step",
    "StepContext": "terrarium.pipelines.step_context",
    "StepLab": "terrarium.pipelines.step_lab",
}

__getattr__ = lazy_attributes(__name__, _HOMES)
