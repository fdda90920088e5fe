"""The engine version of a cluster: what the environment asks for, or what AWS has upgraded the cluster to."""

from cdktf_cdktf_provider_aws.data_aws_rds_cluster import DataAwsRdsCluster
from cdktf_cdktf_provider_aws.data_aws_rds_clusters import DataAwsRdsClusters
from constructs import Construct

from environments.sections.metadata import MetadataDatabase as Config

__all__ = ["EngineVersion"]


class EngineVersion(Construct):
    """The version of the deployed cluster if it satisfies the environment's, else the version to create or upgrade to.

    RDS upgrades minor versions by itself and refuses every downgrade, so that a version that is only written down
    ends in "Cannot upgrade aurora-postgresql from 17.9 to 17.7" at the next deployment. A major version alone is no
    way out: provider 5.100.0 sends it with every other change of the cluster, and RDS resolves it to its default
    minor version, which can be older than the running one (hashicorp/terraform-provider-aws issue 45026; pull request
    49396 changes it in a later release).

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment's section `metadata`.
        cluster_identifier: The cluster, which does not exist before the first deployment.
    """

    def __init__(self, scope: Construct, id: str, *, config: Config, cluster_identifier: str) -> None:
        super().__init__(scope, id)
        # A data source of one cluster fails where it does not exist; this one lists those that do.
        clusters = DataAwsRdsClusters(self, "clusters")
        deployed = DataAwsRdsCluster(self, "deployed", cluster_identifier=cluster_identifier)
        deployed.add_override(
            "count", f'${{contains({clusters.fqn}.cluster_identifiers, "{cluster_identifier}") ? 1 : 0}}'
        )
        lowest = config.lowest_version
        running = f"{deployed.fqn}[*].engine_version"
        number = 'tonumber(split(".", v)[0]) * 1000 + tonumber(split(".", v)[1])'
        satisfying = f"[for v in {running} : v if {number} >= {lowest.major * 1000 + lowest.minor}]"
        self.value = f'${{concat({satisfying}, ["{config.version}"])[0]}}'
