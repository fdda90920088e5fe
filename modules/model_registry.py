"""The model registry's own store: submitted models, what is attested about them, and the images that serve them."""

from constructs import Construct

from environments import Environment
from modules.attestations import Attestations
from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.image_repository import ImageRepository

__all__ = ["ModelRegistry"]


class ModelRegistry(Construct):
    """A bucket of submitted models, locked for as long as the tier says, and a repository of serving images.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The environment.
        encryption: The key that encrypts models and images.
        approver: Whether only the role `approver` may approve models. Else, everybody who submits models may: no
            environment asks for approvals then.
    """

    models_prefix = "models/"

    def __init__(
        self, scope: Construct, id: str, *, config: Environment, encryption: Encryption, approver: bool
    ) -> None:
        super().__init__(scope, id)
        self._approver = approver
        self.bucket = Bucket(
            self,
            "models",
            config=config,
            name="models",
            protected=config.registry.protected,
            noncurrent_version_days=config.registry.noncurrent_version_days,
            encryption=encryption,
            locked_days=config.registry.locked_days,
            lock_mode=config.registry.lock_mode,
        )
        self.attestations = Attestations(self.bucket, encryption=encryption)
        self.images = ImageRepository(
            self,
            "images",
            config=config,
            name="serving",
            protected=config.registry.protected,
            encryption=encryption,
        )

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read submitted models, and what is attested about them."""
        return (
            *self.bucket.grant_read(role, prefix=self.models_prefix),
            *self.attestations.grant_read(role),
        )

    def grant_submit(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` submit models and move aliases, in its own name; nothing that it writes can it delete."""
        kinds = ("submissions", "aliases") if self._approver else ("submissions", "aliases", "approvals")
        return (
            *self.bucket.grant_write(role, prefix=self.models_prefix),
            *self.attestations.grant_attest(role, *kinds),
        )

    def grant_promote(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` attest that a version was promoted from another environment, with the approval of there."""
        return self.attestations.grant_attest(role, "promotions")

    def grant_approve(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` approve models."""
        return self.attestations.grant_attest(role, "approvals")
