"""Definitions of entities, features, feature views and on-demand features.

`terrarium.features` and its commands import it.
"""

from terrarium.features.definition.entity import Entity
from terrarium.features.definition.feature import Feature
from terrarium.features.definition.feature_view import FeatureView
from terrarium.features.definition.on_demand import OnDemandFeature, on_demand

__all__ = ["Entity", "Feature", "FeatureView", "OnDemandFeature", "on_demand"]
