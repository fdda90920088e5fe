"""Registry of feature views: definitions with versions, in the metadata database.

Only `terrarium.features` imports it.
"""

from terrarium.features.registry._apply_result import ApplyResult
from terrarium.features.registry._view_registry import ViewRegistry

__all__ = ["ApplyResult", "ViewRegistry"]
