"""Makes what the SDK needs of an environment by plain boto3 calls.

The SDK cannot tell, and its tests need no deploy; that Terraform makes the same is another test's matter.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import boto3
import pytest

from terrarium.manifest import PlatformManifest, manifest_parameter
from terrarium_sandbox.client.pinned_account import PinnedAccount
from tests.support.provisioning.bucket import create_bucket
from tests.support.provisioning.compute import create_compute
from tests.support.provisioning.features import create_feature_store
from tests.support.provisioning.promotion import create_promotion
from tests.unit.example_manifest import example_manifest

__all__ = ["ACCOUNT", "Account", "new_environment"]

ACCOUNT = PinnedAccount(account="210000000001", region="eu-central-1")


@dataclass(frozen=True)
class Account:
    """An account of the sandbox, with the variables that make a process its administrator."""

    variables: dict[str, str | None]

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.variables.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def environ(self) -> dict[str, str]:
        """For a process of its own."""
        changed = os.environ | {name: value for name, value in self.variables.items() if value is not None}
        return {name: value for name, value in changed.items() if self.variables.get(name, "") is not None}


def new_environment(
    environment: str, *, account: str = ACCOUNT.account, registry: Mapping[str, object] | None = None
) -> PlatformManifest:
    """Make what a deploy of `environment` would, and leave the database unmigrated.

    Args:
        environment: Its name.
        account: The account that this process is in.
        registry: What section `registry` of the manifest says besides names.
    """
    manifest = example_manifest(environment, account=account)
    key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    create_bucket(manifest.artifacts.bucket, key)
    create_bucket(manifest.registry.bucket, key)
    manifest = PlatformManifest.model_validate(
        manifest.model_dump()
        | {
            "compute": create_compute(manifest),
            "encryption": {"key_arn": key},
            "metadata": _create_cluster(manifest),
            "registry": manifest.registry.model_dump() | dict(registry or {}),
            "roles": create_promotion(manifest),
        }
    )
    create_feature_store(manifest)
    boto3.client("ssm").put_parameter(
        Name=manifest_parameter(environment),
        Type="SecureString",
        Value=manifest.model_dump_json(),
        Tier="Advanced",  # as the stack: a standard parameter can have only 4 KB
    )
    return manifest


def _create_cluster(manifest: PlatformManifest) -> dict[str, object]:
    rds = boto3.client("rds")
    name = manifest.metadata.cluster_id
    rds.create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        DatabaseName=manifest.metadata.database,
        MasterUsername="master_user",
        ManageMasterUserPassword=True,
        EnableIAMDatabaseAuthentication=True,
    )
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return manifest.metadata.model_dump() | {
        "cluster_resource_id": cluster["DbClusterResourceId"],
        "host": cluster["Endpoint"],
        "reader_host": cluster["ReaderEndpoint"],
        "port": cluster["Port"],
        "master_secret_arn": cluster["MasterUserSecret"]["SecretArn"],
    }
