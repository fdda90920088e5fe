"""Terrarium hands a provisioned machine-learning platform to experiment code.

    lab = terrarium.connect("dev")

Importing this package costs next to nothing: every public name is imported when it is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from terrarium.errors import Error

if TYPE_CHECKING:
    from terrarium.artifacts import ArtifactRef
    from terrarium.connection import connect
    from terrarium.experiments import Experiment, Run, RunSummary
    from terrarium.lab import Lab
    from terrarium.manifest import PlatformManifest

__all__ = [
    "ArtifactRef",
    "Error",
    "Experiment",
    "Lab",
    "PlatformManifest",
    "Run",
    "RunSummary",
    "connect",
]

# Public name -> the module that defines it.
_HOMES = {
    "ArtifactRef": "terrarium.artifacts",
    "Experiment": "terrarium.experiments",
    "Lab": "terrarium.lab",
    "PlatformManifest": "terrarium.manifest",
    "Run": "terrarium.experiments",
    "RunSummary": "terrarium.experiments",
    "connect": "terrarium.connection",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value  # the next look-up does not come here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
