"""The contract between what provisions an environment and what uses it.

Terraform writes one `PlatformManifest` per environment into the Parameter Store; `terrarium.connect` reads it.
It holds names, addresses and ARNs, never a secret's value.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "MANIFEST_VERSION",
    "ArtifactBucket",
    "EncryptionKey",
    "MetadataDatabase",
    "Network",
    "PlatformManifest",
    "Roles",
    "manifest_parameter",
]

MANIFEST_VERSION = 1

Arn = Annotated[str, Field(pattern=r"^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:.+$")]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]


def manifest_parameter(environment: str) -> str:
    """The name of the SSM parameter that holds the manifest of `environment`."""
    return f"/terrarium/{environment}/manifest"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EncryptionKey(_Section):
    """The customer-managed KMS key that encrypts everything the environment stores."""

    key_arn: Arn


class Network(_Section):
    """The private network; `client_security_group_id` is what a job wears to reach the database."""

    vpc_id: str
    private_subnet_ids: tuple[str, ...]
    client_security_group_id: str


class ArtifactBucket(_Section):
    """The versioned bucket of artifacts; runs keep theirs under `experiments_prefix`."""

    bucket: str
    bucket_arn: Arn
    experiments_prefix: str


class MetadataDatabase(_Section):
    """The Aurora PostgreSQL cluster behind tracking and registry.

    `owner` owns the schema, `writer` records, `reader` looks; each is a database user that authenticates with
    an IAM token. `master_secret_arn` names the managed secret of the master user, which only the deployer reads.
    """

    cluster_id: str
    cluster_resource_id: str
    host: str
    reader_host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    database: str
    owner: str
    writer: str
    reader: str
    master_secret_arn: Arn


class Roles(_Section):
    """The IAM roles made for people and machines."""

    scientist_arn: Arn
    job_arn: Arn
    ci_plan_arn: Arn
    ci_deploy_arn: Arn


class PlatformManifest(_Section):
    """Everything an environment exposes to code that uses it."""

    version: Literal[1] = MANIFEST_VERSION
    environment: str
    account: AccountId
    region: str
    stack_digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    encryption: EncryptionKey
    network: Network
    artifacts: ArtifactBucket
    metadata: MetadataDatabase
    roles: Roles
