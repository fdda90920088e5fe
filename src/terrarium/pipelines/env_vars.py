"""Environment variables of a step's job, besides those of every job."""

from typing import Final

__all__ = ["DEFINED", "EXECUTION", "PARAMETERS", "STEP", "TRIGGER"]

DEFINED: Final = "TERRARIUM_PIPELINE_DEFINED"
"""Import path of the pipeline in its code: `package.module:attribute`."""

EXECUTION: Final = "TERRARIUM_PIPELINE_EXECUTION"
"""Name of the execution."""

PARAMETERS: Final = "TERRARIUM_PIPELINE_PARAMETERS"
"""Parameters of the execution, a JSON object."""

STEP: Final = "TERRARIUM_PIPELINE_STEP"
"""Name of the step."""

TRIGGER: Final = "TERRARIUM_PIPELINE_TRIGGER"
"""Trigger of the execution, a JSON object."""
