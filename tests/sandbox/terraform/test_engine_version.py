"""The stack's engine version after an automatic upgrade by RDS, with the real provider."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster, RdsClusterServerlessv2ScalingConfiguration

from environments import Environment, load_environment
from modules.engine_version import EngineVersion
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

_ACCOUNT = "888899990001"
_CLUSTER = "versions"


class _Cluster:
    """A cluster of the wanted version and capacity, deployed by Terraform."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self._folder = folder
        self.terraform = Terraform(folder, variables, log=True)

    def write(self, engine_version: str, *, maximum_capacity: float = 2) -> None:
        """Synthesize the cluster as the environment's file describes it."""
        document = load_environment("dev").model_dump(mode="json")
        document["metadata"] |= {"engine_version": engine_version, "maximum_capacity": maximum_capacity}
        config = Environment.model_validate(document).metadata
        app = App(outdir=str(self._folder / "synthesized"))
        stack = TerraformStack(app, "stack")
        AwsProvider(stack, "aws", region="eu-central-1")
        version = EngineVersion(stack, "engine-version", config=config, cluster_identifier=_CLUSTER)
        RdsCluster(
            stack,
            "cluster",
            cluster_identifier=_CLUSTER,
            engine="aurora-postgresql",
            engine_mode="provisioned",
            engine_version=version.value,
            allow_major_version_upgrade=True,
            master_username="terrarium_master",
            manage_master_user_password=True,
            skip_final_snapshot=True,
            apply_immediately=True,
            serverlessv2_scaling_configuration=RdsClusterServerlessv2ScalingConfiguration(
                min_capacity=0.5, max_capacity=config.maximum_capacity
            ),
        )
        app.synth()
        self.terraform.write(json.loads((self._folder / "synthesized/stacks/stack/cdk.tf.json").read_text()))

    def modifications(self) -> list[str]:
        """Apply; the ModifyDBCluster requests that the provider sent."""
        log = self.terraform.succeed("apply", "-auto-approve").stderr
        return sorted({word for word in log.replace('"', " ").split() if "Action=ModifyDBCluster&" in word})


@pytest.fixture
def cluster(sandbox: LocalSandbox, tmp_path: Path) -> _Cluster:
    return _Cluster(tmp_path, sandbox.environment("--account", _ACCOUNT, "--region", "eu-central-1"))


def _running_version(rds: Any) -> str:
    (cluster,) = rds.describe_db_clusters(DBClusterIdentifier=_CLUSTER)["DBClusters"]
    return str(cluster["EngineVersion"])


@pytest.mark.slow  # five runs of Terraform, which waits 30 s for a cluster
def test_minor_upgrades_by_rds_stay_and_the_file_raises_the_version(
    cluster: _Cluster, sandbox: LocalSandbox
) -> None:
    """RDS refuses downgrades: "Cannot upgrade aurora-postgresql from 16.11 to 16.8"."""
    rds = sandbox.client("rds", "--account", _ACCOUNT, "--region", "eu-central-1")
    cluster.write("16.8")
    cluster.terraform.succeed("init")
    cluster.terraform.succeed("apply", "-auto-approve")
    assert _running_version(rds) == "16.8"

    rds.modify_db_cluster(DBClusterIdentifier=_CLUSTER, EngineVersion="16.11", ApplyImmediately=True)
    cluster.write("16.8", maximum_capacity=4)
    (modification,) = cluster.modifications()
    assert "EngineVersion" not in modification
    assert _running_version(rds) == "16.11"

    cluster.write("16", maximum_capacity=4)
    assert cluster.modifications() == []

    cluster.write("17.7", maximum_capacity=4)
    (modification,) = cluster.modifications()
    assert "EngineVersion=17.7" in modification
    assert "AllowMajorVersionUpgrade=true" in modification
    assert _running_version(rds) == "17.7"
    cluster.terraform.succeed("destroy", "-auto-approve")
