"""Who may do what: the roles of people and machines, each given its permissions by the constructs' grants."""

from constructs import Construct

from environments import Environment
from modules.artifacts import Artifacts
from modules.delivery import Delivery
from modules.metadata_database import MetadataDatabase
from modules.permissions_boundary import PermissionsBoundary
from modules.role import Role
from modules.trust import trust_of_principals, trust_of_service

__all__ = ["Access"]


class Access(Construct):
    """The roles of an environment.

    The scientist explores and records; the job does the same unattended; `ci-plan` looks; `ci-deploy` changes.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        boundary: Bounds the scientist and the job.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self.scientist = Role(
            self,
            "scientist",
            config=config,
            name="scientist",
            trust=trust_of_principals(config.access.scientists, config=config),
            boundary=boundary,
            session_hours=12,
        )
        self.job = Role(
            self,
            "job",
            config=config,
            name="job",
            trust=trust_of_service("ecs-tasks.amazonaws.com", config=config),
            boundary=boundary,
        )
        self.delivery = Delivery(self, "delivery", config=config)

    def grant_experiments(self, *, artifacts: Artifacts, metadata: MetadataDatabase) -> None:
        """Give the scientist and the job what recording experiments takes; only the scientist deletes."""
        for role in (self.scientist, self.job):
            artifacts.grant_read(role)
            artifacts.grant_write(role, prefix=artifacts.experiments_prefix)
            artifacts.grant_write(role, prefix=artifacts.artifacts_prefix)
            metadata.grant_connect(role, user="writer")
        artifacts.grant_delete(self.scientist, prefix=artifacts.experiments_prefix)
        metadata.grant_connect(self.scientist, user="reader")
        metadata.grant_connect(self.delivery.deploy, user="owner")
        metadata.grant_read_master_secret(self.delivery.deploy)
