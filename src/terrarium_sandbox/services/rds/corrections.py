"""Corrections of moto's RDS for all engines."""

import random
import string
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBCluster, DBInstance, DBSubnetGroup, RDSBackend
from moto.rds.responses import RDSResponse

from terrarium_sandbox.patches import patch, wrap

__all__ = ["correct_rds"]

# Source: Amazon RDS API Reference, CreateDBCluster, PerformanceInsightsRetentionPeriod.
_DEFAULT_RETENTION_DAYS = 7

_IO_OPTIMIZED = "aurora-iopt1"
# Source: Amazon Aurora User Guide, "Storage configurations for Amazon Aurora DB clusters".
_BETWEEN_CHANGES_TO_IO_OPTIMIZED = timedelta(days=30)


def correct_rds() -> None:
    """Correct moto's RDS for all engines."""
    _give_instances_unique_ids()
    _keep_serverless_v2_apart_from_v1()
    _create_clusters_once()
    _keep_clusters_when_refused()
    _require_final_snapshot()
    _keep_performance_insights()
    _keep_modified_subnet_groups()
    _keep_storage_types_of_aurora()
    _remove_roles_of_clusters()


def _keep_modified_subnet_groups() -> None:
    """Keep a subnet group whose subnets are modified."""

    @wrap(RDSBackend, "modify_db_subnet_group", reason="moto removes the subnet group that it modifies.")
    def modify(
        original: Any, self: RDSBackend, subnet_name: str, *arguments: Any, **keywords: Any
    ) -> DBSubnetGroup:
        group: DBSubnetGroup = original(self, subnet_name, *arguments, **keywords)
        self.subnet_groups[subnet_name] = group
        return group


def _remove_roles_of_clusters() -> None:
    """Add RemoveRoleFromDBCluster."""

    def remove_role_from_db_cluster(self: RDSResponse) -> ActionResult:
        """Source: RDS API Reference, RemoveRoleFromDBCluster, Errors."""
        name, arn = self.params.get("DBClusterIdentifier"), self.params.get("RoleArn")
        if name not in self.backend.clusters:
            raise DBClusterNotFoundError(name)
        roles = self.backend.clusters[name]._associated_roles  # moto's only list of them
        found = [role for role in roles if role.role_arn == arn]
        if not found:
            raise RDSClientError(
                "DBClusterRoleNotFound", f"Role ARN {arn} cannot be found for DB Cluster: {name}."
            )
        roles.remove(found[0])
        return EmptyResult()

    patch(
        RDSResponse,
        "remove_role_from_db_cluster",
        remove_role_from_db_cluster,
        reason="moto has no such operation.",
        adds=True,
    )


def _keep_storage_types_of_aurora() -> None:
    """Give Aurora clusters the storage type of the request, and the time of the next change to I/O-Optimized.

    Source: Amazon RDS API Reference, CreateDBCluster, StorageType: not returned for the standard storage.
    """

    @wrap(DBCluster, "__init__", reason="moto gives Aurora clusters the storage types of RDS.")
    def initialize(original: Any, cluster: DBCluster, *arguments: Any, **keywords: Any) -> None:
        original(cluster, *arguments, **keywords)
        if cluster.engine.startswith("aurora"):
            _set_storage_type(cluster, keywords.get("storage_type"))

    @wrap(RDSBackend, "modify_db_cluster", reason="moto returns the standard storage type of Aurora.")
    def modify(original: Any, backend: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
        wanted = kwargs.get("storage_type")
        answer: DBCluster = original(backend, kwargs)
        cluster = backend.clusters[answer.db_cluster_identifier]
        if wanted is not None and cluster.engine.startswith("aurora"):
            for one in (answer, cluster):
                _set_storage_type(one, wanted)
        return answer


def _set_storage_type(cluster: DBCluster, storage_type: str | None) -> None:
    cluster.storage_type = storage_type if storage_type == _IO_OPTIMIZED else None
    if cluster.storage_type == _IO_OPTIMIZED:
        until = datetime.now(UTC) + _BETWEEN_CHANGES_TO_IO_OPTIMIZED
        cluster.io_optimized_next_allowed_modification_time = until  # type: ignore[attr-defined] # read by moto's serializer


def _give_instances_unique_ids() -> None:
    """Give each instance its own resource id."""

    @wrap(DBInstance, "__init__", reason="moto gives all instances the same resource id.")
    def initialize(original: Any, instance: DBInstance, *arguments: Any, **keywords: Any) -> None:
        original(instance, *arguments, **keywords)
        characters = string.ascii_uppercase + string.digits
        instance.dbi_resource_id = "db-" + "".join(random.SystemRandom().choices(characters, k=26))


def _keep_serverless_v2_apart_from_v1() -> None:
    """Return a scaling configuration of Serverless v1 only for clusters of Serverless v1."""
    information = DBCluster.scaling_configuration_info

    def scaling_configuration_info(cluster: DBCluster) -> Any:
        return information.fget(cluster) if cluster.engine_mode == "serverless" else None  # type: ignore[attr-defined]

    patch(
        DBCluster,
        "scaling_configuration_info",
        property(scaling_configuration_info),
        reason="moto returns a scaling configuration of Serverless v1 for every cluster.",
    )


def _create_clusters_once() -> None:
    """Refuse a second cluster of the same name, and delete automated snapshots with their cluster."""

    @wrap(RDSBackend, "create_db_cluster", reason="moto replaces a cluster by a second one of the same name.")
    def create(original: Any, backend: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
        if kwargs["db_cluster_identifier"] in backend.clusters:
            raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        try:
            return original(backend, kwargs)  # type: ignore[no-any-return]
        except BaseException:
            backend.clusters.pop(kwargs["db_cluster_identifier"], None)
            raise

    @wrap(RDSBackend, "delete_db_cluster", reason="moto leaves the automated snapshots of a deleted cluster.")
    def delete(
        original: Any, backend: RDSBackend, cluster_identifier: str, snapshot_name: str | None = None
    ) -> DBCluster:
        cluster: DBCluster = original(backend, cluster_identifier, snapshot_name)
        # RDS deletes them with their cluster; a remaining one would block the next cluster of that name.
        for name, snapshot in list(backend.cluster_snapshots.items()):
            if (
                snapshot.snapshot_type == "automated"
                and snapshot.db_cluster_identifier == cluster.resource_id
            ):
                backend.delete_db_cluster_snapshot(name)
        return cluster


def _keep_clusters_when_refused() -> None:
    """Keep the cluster when a modification is refused, and apply all settings."""

    @wrap(
        RDSBackend,
        "modify_db_cluster",
        reason="moto loses a cluster when it refuses a change, ignores two settings, drops the managed secret, and "
        "leaves the instances of a renamed cluster behind.",
    )
    def modify(original: Any, backend: RDSBackend, kwargs: dict[str, Any]) -> DBCluster:
        identifier = kwargs["db_cluster_identifier"]
        if identifier not in backend.clusters:
            raise DBClusterNotFoundError(identifier)
        cluster = backend.clusters[identifier]
        if kwargs.get("new_db_cluster_identifier", identifier) in backend.clusters.keys() - {identifier}:
            raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        members = list(cluster.members)
        if kwargs.get("enable_iam_database_authentication") is not None:
            cluster.iam_auth = kwargs.pop("enable_iam_database_authentication")
        if cluster.manage_master_user_password and kwargs.get("manage_master_user_password"):
            del kwargs["manage_master_user_password"]  # it is managed already: the secret stays
        if "cloudwatch_logs_export_configuration" in kwargs:
            _export_logs(cluster, kwargs.pop("cloudwatch_logs_export_configuration"))
        try:
            answer: DBCluster = original(backend, kwargs)
        except BaseException:
            backend.clusters[identifier] = cluster
            raise
        for member in members:
            member.db_cluster_identifier = cluster.db_cluster_identifier
        return answer


def _export_logs(cluster: DBCluster, change: dict[str, list[str]]) -> None:
    disabled = change.get("disable_log_types") or change.get("DisableLogTypes") or []
    enabled = change.get("enable_log_types") or change.get("EnableLogTypes") or []
    kept = [kind for kind in cluster.enabled_cloudwatch_logs_exports if kind not in {*disabled, *enabled}]
    cluster.enabled_cloudwatch_logs_exports = [*kept, *enabled]


def _require_final_snapshot() -> None:
    """Require either a final snapshot or SkipFinalSnapshot."""

    @wrap(
        RDSResponse,
        "delete_db_cluster",
        reason="moto deletes a cluster without a final snapshot when neither parameter is given; AWS refuses.",
    )
    def delete(original: Any, response: RDSResponse) -> Any:
        if not response.params.get("SkipFinalSnapshot") and not response.params.get(
            "FinalDBSnapshotIdentifier"
        ):
            raise RDSClientError(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            )
        return original(response)


def _keep_performance_insights() -> None:
    """Keep the settings of Performance Insights."""
    for model in (DBCluster, DBInstance):

        @wrap(model, "__init__", reason="moto ignores the settings of Performance Insights.")
        def initialize(
            original: Any, resource: DBCluster | DBInstance, *arguments: Any, **settings: Any
        ) -> None:
            original(resource, *arguments, **settings)
            _set_performance_insights(resource, settings)

    @wrap(RDSBackend, "modify_db_cluster", reason="moto ignores changes of Performance Insights.")
    def modify_cluster(original: Any, backend: RDSBackend, kwargs: dict[str, Any]) -> Any:
        answer = original(backend, kwargs)
        _set_performance_insights(backend.clusters[answer.db_cluster_identifier], kwargs)
        return answer

    @wrap(RDSBackend, "modify_db_instance", reason="moto ignores changes of Performance Insights.")
    def modify_instance(
        original: Any, backend: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]
    ) -> Any:
        instance = original(backend, db_instance_identifier, db_kwargs)
        _set_performance_insights(instance, db_kwargs)
        return instance


def _set_performance_insights(resource: Any, settings: dict[str, Any]) -> None:
    enabled = settings.get("enable_performance_insights")
    if enabled is None:
        return
    resource.performance_insights_enabled = enabled
    key = settings.get("performance_insights_kms_key_id") if enabled else None
    resource.performance_insights_kms_key_id = key
    days = settings.get("performance_insights_retention_period") or _DEFAULT_RETENTION_DAYS
    resource.performance_insights_retention_period = days if enabled else None
