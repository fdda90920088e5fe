"""Promotion between environments: the target pulls from the source, never the reverse."""

from datetime import date

from constructs import Construct

from environments import Environment
from modules.artifacts import Artifacts
from modules.encryption import Encryption
from modules.manifest_access import grant_read_manifest
from modules.metadata_database import MetadataDatabase
from modules.model_registry import ModelRegistry
from modules.names import Limit, physical_name
from modules.permissions_boundary import PermissionsBoundary
from modules.role import Role
from modules.statement import Statement
from modules.waivers import waive

__all__ = ["Promotion", "PromotionSource", "promotion_role_arn", "source_role_arn"]


def promotion_role_arn(config: Environment) -> str:
    """The role that promotes models to `config`: known by name, so that the source can trust it beforehand."""
    return f"arn:aws:iam::{config.account}:role/{physical_name(config, 'promotion', limit=Limit.IAM_ROLE)}"


def source_role_arn(config: Environment) -> str:
    """The role through which others read models of `config`: known by name, so that they can be deployed first."""
    name = physical_name(config, "promotion-source", limit=Limit.IAM_ROLE)
    return f"arn:aws:iam::{config.account}:role/{name}"


class PromotionSource(Construct):
    """What another environment may see of this one: its submitted models and their records, to read.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: This environment.
        targets: The environments that may pull from it.
        boundary: Bounds the role.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        targets: tuple[Environment, ...],
        boundary: PermissionsBoundary,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self.role = Role(
            self,
            "role",
            config=config,
            name="promotion-source",
            # The accounts with a condition, not the roles themselves: IAM refuses to trust what does not exist yet.
            trust=(
                Statement(
                    sid="Targets",
                    actions=("sts:AssumeRole",),
                    principals={"AWS": tuple(f"arn:aws:iam::{target.account}:root" for target in targets)},
                    conditions={
                        "ArnEquals": {
                            "aws:PrincipalArn": tuple(promotion_role_arn(target) for target in targets)
                        }
                    },
                ),
            ),
            boundary=boundary,
        )
        waive(
            self.role.resource,
            "CKV_AWS_61",
            owner="ml-platform",
            reason="Of the target's account, a condition lets in one role only, by name: its promotion "
            "role, which IAM would refuse to trust directly before it exists",
            expires=date(2027, 11, 30),
        )

    def grant_reading(
        self,
        *,
        artifacts: Artifacts,
        registry: ModelRegistry,
        metadata: MetadataDatabase,
        encryption: Encryption,
    ) -> None:
        """Give the role what copying a model and its lineage takes."""
        artifacts.grant_read(self.role, prefix=artifacts.experiments_prefix)
        registry.grant_read(self.role)
        metadata.grant_connect(self.role, user="reader")
        grant_read_manifest(self.role, config=self._config, encryption=encryption)


class Promotion(Construct):
    """The role that pulls models from the source environment and submits them here.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: This environment.
        source: The environment that it pulls from.
        boundary: Bounds the role.
        deploy: The role of releases, which may assume it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        source: Environment,
        boundary: PermissionsBoundary,
        deploy: Role,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self.source = source
        self.role = Role(
            self,
            "role",
            config=config,
            name="promotion",
            trust=(
                Statement(sid="Releases", actions=("sts:AssumeRole",), principals={"AWS": (deploy.arn,)}),
            ),
            boundary=boundary,
        )
        self.role.allow(
            "source-read",
            Statement(
                sid="EnterTheSource", actions=("sts:AssumeRole",), resources=(source_role_arn(source),)
            ),
        )
        deploy.allow(
            "promote",
            Statement(sid="Promote", actions=("sts:AssumeRole",), resources=(self.role.arn,)),
        )

    def grant_submitting(
        self,
        *,
        artifacts: Artifacts,
        registry: ModelRegistry,
        metadata: MetadataDatabase,
        encryption: Encryption,
    ) -> None:
        """Give the role what submitting a model here takes."""
        artifacts.grant_read(self.role, prefix=artifacts.experiments_prefix)
        artifacts.grant_write(self.role, prefix=artifacts.experiments_prefix)
        registry.grant_read(self.role)
        registry.grant_submit(self.role)
        metadata.grant_connect(self.role, user="reader")
        metadata.grant_connect(self.role, user="writer")
        grant_read_manifest(self.role, config=self._config, encryption=encryption)
