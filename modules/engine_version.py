"""The engine version of a cluster: the configured one, or the newer one that AWS has upgraded the cluster to."""

from cdktf_cdktf_provider_aws.data_aws_rds_cluster import DataAwsRdsCluster
from cdktf_cdktf_provider_aws.data_aws_rds_clusters import DataAwsRdsClusters
from constructs import Construct

from environments.sections.metadata import MetadataDatabase as Config

__all__ = ["EngineVersion"]


class EngineVersion(Construct):
    """The version of the deployed cluster if it is at least the configured one, else the configured one.

    RDS upgrades minor versions by itself and refuses every downgrade. With a fixed version, the next deployment fails:
    "Cannot upgrade aurora-postgresql from 17.9 to 17.7". A major version alone does not help: provider 5.100.0 sends it
    with every other change of the cluster, and RDS resolves it to its default minor version, which can be older than
    the running one (hashicorp/terraform-provider-aws issue 45026; pull request
    49396 changes it in a later release).

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The environment's section `metadata`.
        cluster_identifier: The cluster, which does not exist before the first deployment.
    """

    def __init__(self, scope: Construct, id: str, *, config: Config, cluster_identifier: str) -> None:
        super().__init__(scope, id)
        # A data source of one cluster fails if the cluster does not exist; this one lists the existing clusters.
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
