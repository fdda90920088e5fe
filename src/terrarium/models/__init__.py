"""`lab.models`: submitted models, with gates, aliases, promotion and lineage, on MLflow's registry."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from terrarium.models.alias_move import AliasMove
    from terrarium.models.approval import Approval
    from terrarium.models.collection import Models
    from terrarium.models.gate_report import GateReport
    from terrarium.models.lineage import Lineage
    from terrarium.models.version import ModelVersion

__all__ = ["AliasMove", "Approval", "GateReport", "Lineage", "ModelVersion", "Models"]

# The store of `terrarium://` imports modules of this package, and must not import all of it.
_HOMES = {
    "AliasMove": "terrarium.models.alias_move",
    "Approval": "terrarium.models.approval",
    "GateReport": "terrarium.models.gate_report",
    "Lineage": "terrarium.models.lineage",
    "ModelVersion": "terrarium.models.version",
    "Models": "terrarium.models.collection",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
