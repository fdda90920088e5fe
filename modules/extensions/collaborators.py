"""The constructs of the platform that an extension works with."""

from dataclasses import dataclass

from environments import Environment
from modules.alarms import Alarms
from modules.artifacts import Artifacts
from modules.compute.training_compute import TrainingCompute
from modules.encryption import Encryption
from modules.feature_store import FeatureStore
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import Names
from modules.network import Network
from modules.pipelines.training_pipelines import TrainingPipelines

__all__ = ["Collaborators"]


@dataclass(frozen=True, kw_only=True)
class Collaborators:
    """The environment's configuration and constructs. Sections that can be switched off are None then.

    Args:
        environment: The file of the environment: region, tier, tags, and every section.
        names: Physical names and ARNs.
        boundary: The permissions boundary of roles. `Extension.role` passes it.
        network: The VPC, its private subnets, and the security group of clients of the database.
        encryption: The key that encrypts everything. Its `…_statement` methods return statements for grants.
        alarms: The topic that alarms notify.
        scientist: The role of people.
        notebook: The role of notebooks.
        job: The role of jobs, and of the steps of pipelines.
        artifacts: The bucket of artifacts.
        metadata: The metadata database.
        features: The dataset and feature repository.
        registry: The model registry.
        compute: The pools and job definitions.
        pipelines: The training pipelines.
    """

    environment: Environment
    names: Names
    boundary: PermissionsBoundary
    network: Network
    encryption: Encryption
    alarms: Alarms
    scientist: Role
    notebook: Role | None
    job: Role
    artifacts: Artifacts
    metadata: MetadataDatabase
    compute: TrainingCompute
    features: FeatureStore | None
    registry: ModelRegistry | None
    pipelines: TrainingPipelines | None

    @property
    def users(self) -> tuple[Role, ...]:
        """The roles of people, of notebooks if the environment has a workbench, and of jobs."""
        return tuple(role for role in (self.scientist, self.notebook, self.job) if role is not None)
