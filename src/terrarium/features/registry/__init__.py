"""The registry: definitions of feature views in the metadata database, with versions."""

from terrarium.features.registry.applied import Applied
from terrarium.features.registry.registry import Registry

__all__ = ["Applied", "Registry"]
