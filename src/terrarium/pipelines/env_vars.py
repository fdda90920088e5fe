"""How the job of a step learns what it is: by environment variables, besides those of every job."""

from typing import Final

__all__ = ["DEFINED", "EXECUTION", "PARAMETERS", "STEP", "TRIGGER"]

DEFINED: Final = "TERRARIUM_PIPELINE_DEFINED"
"""Where in that code the pipeline is: `package.module:attribute`."""

EXECUTION: Final = "TERRARIUM_PIPELINE_EXECUTION"
"""The execution's name."""

PARAMETERS: Final = "TERRARIUM_PIPELINE_PARAMETERS"
"""The parameters of the execution, a JSON object."""

STEP: Final = "TERRARIUM_PIPELINE_STEP"
"""The step's name."""

TRIGGER: Final = "TERRARIUM_PIPELINE_TRIGGER"
"""What started the execution, a JSON object."""
