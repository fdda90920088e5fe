"""Features: defined in code, registered with versions, read as of a time for training and as of now online.

Service: higher services, the lab and faces may import it.
"""

from terrarium.features.definition import Entity, Feature, FeatureView, OnDemandFeature, on_demand
from terrarium.features.service import Features

__all__ = ["Entity", "Feature", "FeatureView", "Features", "OnDemandFeature", "on_demand"]
