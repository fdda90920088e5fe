"""Terrarium hands a provisioned machine-learning platform to experiment code.

    lab = terrarium.connect("dev")

Importing this package costs next to nothing: every public name is imported when it is first used.

Its layers, from the top: faces (`cli`, `entry_points`, `verification`), composition (`lab`, `init`, `ui`, `tracking`),
services, stores and the connection, foundation. A module imports only from its own package and from lower layers
(docs/architecture/sdk.md).
"""

from typing import TYPE_CHECKING

from terrarium.errors import Error
from terrarium.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from terrarium._version import __version__
    from terrarium.artifacts import ArtifactRef
    from terrarium.compute.local.compute import LocalCompute
    from terrarium.compute.resources import Resources
    from terrarium.datasets.requirements import DataRequirement
    from terrarium.experiments import Experiment, Run, RunSummary
    from terrarium.lab import Lab, connect
    from terrarium.manifest import PlatformManifest
    from terrarium.models import ModelVersion
    from terrarium.pipelines import (
        DataArrival,
        Drift,
        Output,
        Parameter,
        Pipeline,
        Step,
        StepContext,
        StepLab,
    )
    from terrarium.record import (
        Architecture,
        Grouped,
        HoldOut,
        KFold,
        Nested,
        Part,
        PretrainedModule,
        RunRecord,
        Splits,
        Stratified,
        TimeSeries,
        UseCase,
    )
    from terrarium.reproduce import reproduced_run

__all__ = [
    "Architecture",
    "ArtifactRef",
    "DataArrival",
    "DataRequirement",
    "Drift",
    "Error",
    "Experiment",
    "Grouped",
    "HoldOut",
    "KFold",
    "Lab",
    "LocalCompute",
    "ModelVersion",
    "Nested",
    "Output",
    "Parameter",
    "Part",
    "Pipeline",
    "PlatformManifest",
    "PretrainedModule",
    "Resources",
    "Run",
    "RunRecord",
    "RunSummary",
    "Splits",
    "Step",
    "StepContext",
    "StepLab",
    "Stratified",
    "TimeSeries",
    "UseCase",
    "__version__",
    "connect",
    "reproduced_run",
]

# Public name -> the module that defines it.
_HOMES = {
    "Architecture": "terrarium.record",
    "ArtifactRef": "terrarium.artifacts",
    "DataRequirement": "terrarium.datasets.requirements",
    "DataArrival": "terrarium.pipelines",
    "Drift": "terrarium.pipelines",
    "Experiment": "terrarium.experiments",
    "Grouped": "terrarium.record",
    "HoldOut": "terrarium.record",
    "KFold": "terrarium.record",
    "Lab": "terrarium.lab",
    "LocalCompute": "terrarium.compute.local.compute",
    "ModelVersion": "terrarium.models",
    "Nested": "terrarium.record",
    "Output": "terrarium.pipelines",
    "Parameter": "terrarium.pipelines",
    "Part": "terrarium.record",
    "Pipeline": "terrarium.pipelines",
    "PlatformManifest": "terrarium.manifest",
    "PretrainedModule": "terrarium.record",
    "Resources": "terrarium.compute.resources",
    "Run": "terrarium.experiments",
    "RunRecord": "terrarium.record",
    "RunSummary": "terrarium.experiments",
    "Splits": "terrarium.record",
    "Step": "terrarium.pipelines",
    "StepContext": "terrarium.pipelines",
    "StepLab": "terrarium.pipelines",
    "Stratified": "terrarium.record",
    "TimeSeries": "terrarium.record",
    "UseCase": "terrarium.record",
    "__version__": "terrarium._version",
    "connect": "terrarium.lab",
    "reproduced_run": "terrarium.reproduce",
}


__getattr__ = lazy_attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
