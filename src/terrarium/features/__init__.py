"""Features: defined in code, registered with versions, read as of a time for training, and at once online."""

from terrarium.features.collection import Features
from terrarium.features.definition import Entity, Feature, FeatureView, OnDemandFeature, on_demand

__all__ = ["Entity", "Feature", "FeatureView", "Features", "OnDemandFeature", "on_demand"]
