"""`lab.models`: submitted models, with gates, aliases, promotion and lineage, on MLflow's registry."""

from typing import TYPE_CHECKING

from terrarium.late_imports import imported_when_used

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

__getattr__ = imported_when_used(__name__, _HOMES)
