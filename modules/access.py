"""The roles of people and jobs. The grants of other constructs give them permissions."""

from datetime import date

from constructs import Construct

from environments.sections.access import Access as AccessConfig
from modules.artifacts import Artifacts
from modules.compute.training_compute import TrainingCompute
from modules.delivery.named_resources import Service
from modules.delivery.roles import Delivery
from modules.encryption import Encryption
from modules.feature_store import FeatureStore
from modules.iam.permissions_boundary import PermissionsBoundary
from modules.iam.role import Role
from modules.iam.trust import trust_of_principals, trust_of_services, trusts_account
from modules.manifest import grant_read_manifest
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import Names
from modules.network import Network
from modules.pipelines.training_pipelines import TrainingPipelines
from modules.sdk_release import SDK_PREFIX
from modules.tunnel import Tunnel
from modules.waivers import waive
from modules.workbench import Workbench

__all__ = ["Access"]


class Access(Construct):
    """The roles of an environment.

    `scientist` reads and records, or only reads if `access.scientists_write` is off. `notebook` has the permissions of
    the scientists who open notebooks. `job` records. `ci-plan` reads the infrastructure; `ci-deploy` changes it.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `access` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts what they read.
        boundary: The permissions boundary of `scientist`, `notebook` and `job`.
        network: The network, which `ci-deploy` changes.
        extensions: The permissions of CI that extensions declare.
        notebooks: Whether there is a role for notebooks.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AccessConfig,
        names: Names,
        encryption: Encryption,
        boundary: PermissionsBoundary,
        network: Network,
        notebooks: bool,
        extensions: tuple[Service, ...] = (),
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self.scientist = Role(
            self,
            "scientist",
            names=names,
            name="scientist",
            trust=trust_of_principals(config.scientists, names=names),
            boundary=boundary,
            session_hours=12,
        )
        if trusts_account(config.scientists):
            waive(
                self.scientist.resource,
                "CKV_AWS_61",
                owner="ml-platform",
                reason="Of this account, only principals that an administrator grants sts:AssumeRole on this role, "
                "or that match a pattern in access.scientists, by a condition; no other account and no "
                "service can assume it, and a permissions boundary limits the session",
                expires=date(2027, 11, 30),
            )
        self.job = Role(
            self,
            "job",
            names=names,
            name="job",
            trust=trust_of_services("ecs-tasks.amazonaws.com", names=names),
            boundary=boundary,
        )
        self.notebook = (
            Role(
                self,
                "notebook",
                names=names,
                name="notebook",
                trust=trust_of_services("sagemaker.amazonaws.com", names=names),
                boundary=boundary,
            )
            if notebooks
            else None
        )
        self.delivery = Delivery(
            self, "delivery", config=config, names=names, network=network, extensions=extensions
        )
        for role in (self.delivery.plan, self.delivery.deploy):
            encryption.grant_refresh(role)
        encryption.grant_provision(self.delivery.deploy)
        for role in self._users():
            grant_read_manifest(role, names=names, encryption=encryption)

    def grant_platform(
        self,
        *,
        artifacts: Artifacts,
        metadata: MetadataDatabase,
        features: FeatureStore | None,
        registry: ModelRegistry | None,
    ) -> None:
        """Let scientists, notebooks and jobs read the stores, and those that may record write to them."""
        artifacts.grant_read(self.scientist, prefix=SDK_PREFIX)
        for role in self._users():
            artifacts.grant_read(role, prefix=artifacts.experiments_prefix)
            artifacts.grant_read(role, prefix=artifacts.artifacts_prefix)
            artifacts.grant_read(role, prefix=artifacts.published_prefix)
            if features is not None:
                features.grant_read(role)
            if registry is not None:
                registry.grant_read(role)
            metadata.grant_connect(role, user="reader")
        for role in self._writers():
            artifacts.grant_write(role, prefix=artifacts.experiments_prefix)
            artifacts.grant_write(role, prefix=artifacts.artifacts_prefix)
            if features is not None:
                features.grant_write(role)
            if registry is not None:
                registry.grant_submit(role)
            metadata.grant_connect(role, user="writer")
        if self._config.scientists_write:
            artifacts.grant_delete(self.scientist, prefix=artifacts.experiments_prefix)

    def grant_work(
        self,
        *,
        compute: TrainingCompute,
        pipelines: TrainingPipelines | None,
        tunnel: Tunnel | None,
        workbench: Workbench | None,
    ) -> None:
        """Let roles that may record run jobs and pipelines, and scientists open tunnels and their notebooks."""
        for role in self._writers():
            compute.grant_submit(role)
        if self._config.scientists_write and pipelines is not None:
            for role in self._writers():
                if role is not self.job:
                    pipelines.grant_start(role)
        if tunnel is not None:
            tunnel.grant_open(self.scientist)
        if workbench is not None:
            workbench.grant_open(self.scientist)

    def _users(self) -> tuple[Role, ...]:
        return (self.scientist, self.job, *((self.notebook,) if self.notebook else ()))

    def _writers(self) -> tuple[Role, ...]:
        # Scientists open notebooks, so that code in a notebook may write exactly where they may.
        return self._users() if self._config.scientists_write else (self.job,)
