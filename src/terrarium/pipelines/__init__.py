"""`terrarium.Pipeline`: steps that follow each other, run locally, or as a state machine of jobs."""

import importlib
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
