"""The model registry's own store: submitted models that nobody can change, and the images that serve them."""

from constructs import Construct

from environments import Environment
from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.image_repository import ImageRepository
from modules.role import Role
from modules.statement import Statement

__all__ = ["ModelRegistry"]


class ModelRegistry(Construct):
    """A bucket of submitted models, locked for as long as the tier says, and a repository of serving images.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The environment.
        encryption: The key that encrypts models and images.
    """

    models_prefix = "models/"

    def __init__(self, scope: Construct, id: str, *, config: Environment, encryption: Encryption) -> None:
        super().__init__(scope, id)
        self.bucket = Bucket(
            self,
            "models",
            config=config,
            name="models",
            protected=config.registry.protected,
            noncurrent_version_days=config.registry.noncurrent_version_days,
            encryption=encryption,
            locked_days=config.registry.locked_days,
        )
        self.images = ImageRepository(
            self,
            "images",
            config=config,
            name="serving",
            protected=config.registry.protected,
            encryption=encryption,
        )

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read submitted models."""
        return self.bucket.grant_read(role, prefix=self.models_prefix)

    def grant_submit(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit models; what is submitted is replaced by a new version, never deleted."""
        return self.bucket.grant_write(role, prefix=self.models_prefix)
