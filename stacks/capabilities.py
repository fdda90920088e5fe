"""The constructs of a platform that its manifest and its outputs describe."""

from dataclasses import dataclass

from modules.access import Access
from modules.artifacts import Artifacts
from modules.compute.migration import Migration
from modules.compute.training_compute import TrainingCompute
from modules.encryption import Encryption
from modules.feature_store import FeatureStore
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.network import Network
from modules.pipelines.training_pipelines import TrainingPipelines
from modules.promotion import Promotion, PromotionSource
from modules.tunnel import Tunnel

__all__ = ["Capabilities"]


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """One construct per capability; None for what the environment's file switches off or does not need."""

    encryption: Encryption
    network: Network
    access: Access
    artifacts: Artifacts
    metadata: MetadataDatabase
    features: FeatureStore | None
    registry: ModelRegistry | None
    compute: TrainingCompute
    migration: Migration
    pipelines: TrainingPipelines | None
    tunnel: Tunnel | None
    promotion: Promotion | None
    promotion_source: PromotionSource | None
