"""The storage of the model registry: submitted models, their attestations, and serving images."""

from constructs import Construct

from environments.sections.registry import Registry as RegistryConfig
from modules.attestations import Attestations
from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.image_repository import ImageRepository
from modules.names import Names

__all__ = ["ModelRegistry"]


class ModelRegistry(Construct):
    """A bucket of submitted models, with an object lock, and a repository of serving images.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The section `registry` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts models and images.
        approver: Whether only the role `approver` may approve models. If not, roles that submit models may: no
            environment requires approvals then.
    """

    models_prefix = "models/"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: RegistryConfig,
        names: Names,
        encryption: Encryption,
        approver: bool,
    ) -> None:
        super().__init__(scope, id)
        self._approver = approver
        self.bucket = Bucket(
            self,
            "models",
            names=names,
            name="models",
            protected=config.protected,
            noncurrent_version_days=config.noncurrent_version_days,
            encryption=encryption,
            locked_days=config.locked_days,
            lock_mode=config.lock_mode,
        )
        self.attestations = Attestations(self.bucket, encryption=encryption)
        self.images = ImageRepository(
            self,
            "images",
            names=names,
            name="serving",
            protected=config.protected,
            encryption=encryption,
        )

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read submitted models and their attestations."""
        return (
            *self.bucket.grant_read(role, prefix=self.models_prefix),
            *self.attestations.grant_read(role),
        )

    def grant_submit(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit models and set aliases, in its own name. It cannot delete the objects that it wrote."""
        kinds = ("submissions", "aliases") if self._approver else ("submissions", "aliases", "approvals")
        return (
            *self.bucket.grant_write(role, prefix=self.models_prefix),
            *self.attestations.grant_attest(role, *kinds),
        )

    def grant_promote(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` attest that a version was promoted from another environment, with its approval there."""
        return self.attestations.grant_attest(role, "promotions")

    def grant_approve(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` approve models."""
        return self.attestations.grant_attest(role, "approvals")
