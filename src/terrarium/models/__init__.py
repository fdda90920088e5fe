"""`lab.models`: the model registry on MLflow, with gates, aliases, approvals, promotion and lineage.

Service: higher services, the lab and faces may import it.
"""

from typing import TYPE_CHECKING

from terrarium.lazy_imports import lazy_attributes

if TYPE_CHECKING:
    from terrarium.models._alias_change import AliasChange
    from terrarium.models._approval import Approval
    from terrarium.models._lineage import Lineage
    from terrarium.models.gate_report import GateReport
    from terrarium.models.service import Models
    from terrarium.models.version import ModelVersion

__all__ = ["AliasChange", "Approval", "GateReport", "Lineage", "ModelVersion", "Models"]

# Lazy: the store of `terrarium://` imports single modules of this package and must stay fast.
_HOMES = {
    "AliasChange": "terrarium.models._alias_change",
    "Approval": "terrarium.models._approval",
    "GateReport": "terrarium.models.gate_report",
    "Lineage": "terrarium.models._lineage",
    "ModelVersion": "terrarium.models.version",
    "Models": "terrarium.models.service",
}

__getattr__ = lazy_attributes(__name__, _HOMES)
