"""The stack of one environment: every capability, wired."""

import hashlib
import json

from cdktf import S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from environments import Environment
from modules.access import Access
from modules.artifacts import Artifacts
from modules.encryption import Encryption
from modules.manifest import Manifest
from modules.metadata_database import MetadataDatabase
from modules.network import Network
from modules.permissions_boundary import PermissionsBoundary
from modules.remote_state import STATE_KEY, RemoteState

__all__ = ["Platform"]

_SERVICES_OF_PEOPLE_AND_JOBS = ("kms", "logs", "rds-db", "s3", "ssm")


class Platform(TerraformStack):
    """The whole platform of one environment, in one state.

    Args:
        scope: The app.
        id: The stack's id: the environment's name, so that `cdktf deploy dev` means what it says.
        config: The environment.
    """

    def __init__(self, scope: Construct, id: str, *, config: Environment) -> None:
        super().__init__(scope, id)
        self._remote_state(config)
        AwsProvider(
            self,
            "aws",
            region=config.region,
            allowed_account_ids=[config.account],
            default_tags=[AwsProviderDefaultTags(tags=config.tags)],
        )
        boundary = PermissionsBoundary(
            self, "boundary", config=config, name="boundary", services=_SERVICES_OF_PEOPLE_AND_JOBS
        )
        encryption = Encryption(self, "encryption", config=config)
        network = Network(self, "network", config=config, encryption=encryption, boundary=boundary)
        artifacts = Artifacts(self, "artifacts", config=config, encryption=encryption)
        metadata = MetadataDatabase(self, "metadata", config=config, network=network, encryption=encryption)
        access = Access(self, "access", config=config, boundary=boundary)
        access.grant_experiments(artifacts=artifacts, metadata=metadata)
        Manifest(
            self,
            "manifest",
            config=config,
            stack_digest=self._digest(),
            encryption=encryption,
            network=network,
            artifacts=artifacts,
            metadata=metadata,
            access=access,
        )

    def _remote_state(self, config: Environment) -> None:
        backend = S3Backend(
            self,
            bucket=RemoteState(config=config).bucket,
            key=STATE_KEY,
            region=config.region,
            encrypt=True,
            allowed_account_ids=[config.account],
        )
        backend.add_override("use_lockfile", value=True)  # newer than the framework's S3Backend

    def _digest(self) -> str:
        """Digest of all that the stack holds so far: runs record which infrastructure they ran on."""
        content = json.dumps(self.to_terraform(), sort_keys=True)
        return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"
