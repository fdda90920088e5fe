"""The registry: definitions of feature views in the metadata database, with versions."""

from terrarium.features.registry.apply_result import ApplyResult
from terrarium.features.registry.view_registry import ViewRegistry

__all__ = ["ApplyResult", "ViewRegistry"]
