"""Writes the contract: what the environment exposes, where `terrarium.connect` reads it."""

from typing import Any, cast

from cdktf import Fn
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from constructs import Construct
from pydantic import BaseModel

from environments import Environment
from modules.access import Access
from modules.artifacts import Artifacts
from modules.encryption import Encryption
from modules.metadata_database import MetadataDatabase
from modules.network import Network
from modules.role import Role
from modules.statement import Statement
from terrarium.manifest import (
    MANIFEST_VERSION,
    ArtifactBucket,
    EncryptionKey,
    PlatformManifest,
    Roles,
    manifest_parameter,
)
from terrarium.manifest import MetadataDatabase as MetadataDatabaseSection
from terrarium.manifest import Network as NetworkSection

__all__ = ["Manifest"]


class Manifest(Construct):
    """One encrypted SSM parameter per environment: names, addresses and ARNs, no secret.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment.
        stack_digest: Digest of the stack that the manifest belongs to, as `sha256:<hex>`.
        encryption: The key that encrypts it, and its section.
        network: Its section.
        artifacts: Its section.
        metadata: Its section.
        access: Its section; the scientist and the job may read the manifest.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: Environment,
        stack_digest: str,
        encryption: Encryption,
        network: Network,
        artifacts: Artifacts,
        metadata: MetadataDatabase,
        access: Access,
    ) -> None:
        super().__init__(scope, id)
        # Unvalidated on purpose: until Terraform has run, the values are references. The reader validates.
        content = PlatformManifest.model_construct(
            version=MANIFEST_VERSION,
            environment=config.name,
            account=config.account,
            region=config.region,
            stack_digest=stack_digest,
            encryption=EncryptionKey.model_construct(key_arn=encryption.key_arn),
            network=NetworkSection.model_construct(
                vpc_id=network.vpc_id,
                private_subnet_ids=tuple(network.private_subnet_ids),
                client_security_group_id=network.client_security_group_id,
            ),
            artifacts=ArtifactBucket.model_construct(
                bucket=artifacts.name,
                bucket_arn=artifacts.arn,
                experiments_prefix=artifacts.experiments_prefix,
                artifacts_prefix=artifacts.artifacts_prefix,
            ),
            metadata=MetadataDatabaseSection.model_construct(
                cluster_id=metadata.resource.cluster_identifier,
                cluster_resource_id=metadata.resource.cluster_resource_id,
                host=metadata.resource.endpoint,
                reader_host=metadata.resource.reader_endpoint,
                port=cast("int", metadata.resource.port),  # a reference to a number
                database=metadata.database,
                owner=metadata.users["owner"],
                writer=metadata.users["writer"],
                reader=metadata.users["reader"],
                master_secret_arn=metadata.master_secret_arn,
            ),
            roles=Roles.model_construct(
                scientist_arn=access.scientist.arn,
                job_arn=access.job.arn,
                ci_plan_arn=access.delivery.plan.arn,
                ci_deploy_arn=access.delivery.deploy.arn,
            ),
        )
        self._encryption = encryption
        self.resource = SsmParameter(
            self,
            "parameter",
            name=manifest_parameter(config.name),
            description=f"What {config.name} exposes to terrarium.connect",
            type="SecureString",
            tier="Advanced",  # a standard parameter holds 4 KB
            key_id=encryption.key_arn,
            value=Fn.jsonencode(_document(content)),
        )
        self.grant_read(access.scientist)
        self.grant_read(access.job)

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` connect."""
        return role.allow(
            f"{self.node.id}-read",
            Statement(sid="Read", actions=("ssm:GetParameter",), resources=(self.resource.arn,)),
            self._encryption.decrypt_statement("ssm"),
        )


def _document(manifest: BaseModel) -> dict[str, Any]:
    # Lists for tuples: the framework knows no tuple, and JSON has none.
    return {
        key: _document(value)
        if isinstance(value, BaseModel)
        else list(value)
        if isinstance(value, tuple)
        else value
        for key, value in manifest
    }
