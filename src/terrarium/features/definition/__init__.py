"""Definitions: what an entity is, what a feature view holds, what is computed when it is asked for."""

from terrarium.features.definition.entity import Entity
from terrarium.features.definition.feature import Feature
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.on_demand import OnDemandFeature, on_demand

__all__ = ["Entity", "Feature", "FeatureView", "OnDemandFeature", "on_demand"]
