"""`lab.models`: submitted models, with gates, aliases, promotion and lineage, on MLflow's registry."""

from typing import TYPE_CHECKING

from terrarium.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from terrarium.models.alias_change import AliasMove
    from terrarium.models.approval import Approval
    from terrarium.models.gate_report import GateReport
    from terrarium.models.lineage import Lineage
    from terrarium.models.service import Models
    from terrarium.models.version import ModelVersion

__all__ = ["AliasMove", "Approval", "GateReport", "Lineage", "ModelVersion", "Models"]

# The store of `terrarium://` imports modules of this package, and must not import all of it.
_HOMES = {
    "AliasMove": "terrarium.models.alias_change",
    "Approval": "terrarium.models.approval",
    "GateReport": "terrarium.models.gate_report",
    "Lineage": "terrarium.models.lineage",
    "ModelVersion": "terrarium.models.version",
    "Models": "terrarium.models.service",
}

__getattr__ = lazy_attributes(__name__, _HOMES)
