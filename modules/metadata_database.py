"""The metadata database: Aurora PostgreSQL, Serverless v2 that pauses when it is idle, or provisioned instances."""

from datetime import date
from functools import cached_property
from typing import Literal

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster, RdsClusterServerlessv2ScalingConfiguration
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from constructs import Construct

from environments.sections.metadata import MetadataDatabase as MetadataConfig
from modules.encryption import Encryption
from modules.engine_version import EngineVersion
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.log_group import LogGroup
from modules.names import Limit, Names
from modules.network import Network
from modules.waivers import waive

__all__ = ["DatabaseUser", "MetadataDatabase"]

DatabaseUser = Literal["owner", "writer", "reader"]

# Aurora PostgreSQL listens here unless the cluster names another port (Amazon RDS API Reference, CreateDBCluster). A
# reference to the cluster's port would be a cycle: the cluster refers to the group that contains the rule.
_PORT = 5432


class MetadataDatabase(Construct):
    """An Aurora PostgreSQL cluster in private subnets, entered with IAM tokens over TLS.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        config: The section `metadata` of the environment's file.
        names: The names of the environment's resources.
        network: The network of the cluster. Only the clients security group can connect to it.
        encryption: The key that encrypts its storage, backups, logs and master secret.
        keeps_snapshot: Whether destroying the database leaves a last snapshot also when it is not protected.
    """

    database = "terrarium"
    users: dict[DatabaseUser, str] = {  # noqa: RUF012 - a constant, which the manifest reads
        "owner": "terrarium_owner",
        "writer": "terrarium_writer",
        "reader": "terrarium_reader",
    }

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: MetadataConfig,
        names: Names,
        network: Network,
        encryption: Encryption,
        keeps_snapshot: bool,
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._config = config
        self._names = names
        self._encryption = encryption
        identifier = names.physical("metadata", limit=Limit.RDS_IDENTIFIER)
        # To destroy an environment, its protection is lifted first: that alone must not give up the last snapshot.
        leaves_snapshot = keeps_snapshot or config.protected
        group_id = network.database_security_group_id or self._security_group(network)
        logs = LogGroup(
            self,
            "logs",
            name=f"/aws/rds/cluster/{identifier}/postgresql",
            retention_days=config.log_retention_days,
            encryption=encryption,
        )
        self.resource = RdsCluster(
            self,
            "cluster",
            cluster_identifier=identifier,
            engine="aurora-postgresql",
            engine_mode="provisioned",  # the mode of serverless v2
            engine_version=EngineVersion(
                self, "engine-version", config=config, cluster_identifier=identifier
            ).value,
            allow_major_version_upgrade=True,
            snapshot_identifier=config.restore_from_snapshot,
            database_name=self.database,
            master_username="terrarium_master",
            manage_master_user_password=True,
            master_user_secret_kms_key_id=encryption.key_arn,
            iam_database_authentication_enabled=True,
            storage_encrypted=True,
            kms_key_id=encryption.key_arn,
            # Without effect on provisioned instances. A cluster must have it before it can have an instance of the
            # class db.serverless.
            serverlessv2_scaling_configuration=self._scaling(),
            storage_type="aurora-iopt1" if config.io_optimized else None,
            preferred_backup_window=config.backup_window,
            preferred_maintenance_window=config.maintenance_window,
            db_subnet_group_name=self._subnet_group(identifier, network),
            vpc_security_group_ids=[group_id],
            db_cluster_parameter_group_name=self._parameter_group(identifier),
            iam_roles=[],  # with a role, the database could read buckets and call functions
            backup_retention_period=config.backup_retention_days,
            copy_tags_to_snapshot=True,
            deletion_protection=config.protected,
            skip_final_snapshot=not leaves_snapshot,
            # The group's id is of this database only: a later one of the same name leaves another snapshot.
            final_snapshot_identifier=f"{identifier}-final-{group_id}" if leaves_snapshot else None,
            enabled_cloudwatch_logs_exports=["postgresql"],
            # Until the maintenance window, a waiting change would be a difference in every plan, and a major upgrade
            # could not delete the parameter group that the cluster still uses.
            apply_immediately=True,
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=config.protected,
                # Terraform would replace a cluster that exists by one from the snapshot.
                ignore_changes=["snapshot_identifier"] if config.restore_from_snapshot else None,
            ),
            depends_on=[logs.resource],  # else RDS creates the log group, unencrypted and without a retention
        )
        for index, instance_class in enumerate(config.instance_classes):
            instance = RdsClusterInstance(
                self,
                f"instance-{index}",
                identifier=f"{identifier}-{index}",
                cluster_identifier=self.resource.id,
                engine="aurora-postgresql",
                instance_class=instance_class,  # without an engine version: it runs the cluster's
                promotion_tier=index,
                auto_minor_version_upgrade=True,
                publicly_accessible=False,
                performance_insights_enabled=True,
                performance_insights_kms_key_id=encryption.key_arn,
                copy_tags_to_snapshot=True,
                preferred_maintenance_window=config.maintenance_window,
                apply_immediately=True,
            )
            waive(
                instance,
                "CKV_AWS_118",
                owner="ml-platform",
                reason="AWS scales Aurora Serverless v2 instances: alarms watch capacity and memory, Performance "
                "Insights shows the load, and the list of processes of the operating system would not be "
                "used",
                expires=date(2027, 11, 30),
            )
        self._waive(protected=config.protected)

    def _waive(self, *, protected: bool) -> None:
        waive(
            self.resource,
            "CKV2_AWS_8",
            owner="ml-platform",
            reason="Aurora has continuous backups, to any second of the retention that the tier sets and the policy "
            "backup-retention checks; AWS Backup would copy the same snapshots",
            expires=date(2027, 11, 30),
        )
        if not protected:
            waive(
                self.resource,
                "CKV_AWS_139",
                owner="ml-platform",
                reason="Disposable environments can be destroyed; the policy deletion-protection checks every "
                "other tier",
                expires=date(2027, 11, 30),
            )

    @property
    def serverless(self) -> bool:
        """True if the writer is an instance of Aurora Serverless v2."""
        return self._config.serverless

    @cached_property
    def master_secret_arn(self) -> str:
        """The ARN of the managed secret with the master user's password."""
        return self.resource.master_user_secret.get(0).secret_arn

    def grant_connect(self, role: Role, *, user: DatabaseUser) -> tuple[Statement, ...]:
        """Let `role` connect as one of the database's users, with an IAM token."""
        name = self.users[user]
        return role.allow(
            f"{self._id}-connect-{user}",
            Statement(
                sid="Connect",
                actions=("rds-db:connect",),
                resources=(self._names.arn("rds-db", f"dbuser:{self.resource.cluster_resource_id}/{name}"),),
            ),
        )

    def grant_read_master_secret(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` read the master user's password. For migrations of the schema only."""
        return role.allow(
            f"{self._id}-master-secret",
            Statement(
                sid="Read", actions=("secretsmanager:GetSecretValue",), resources=(self.master_secret_arn,)
            ),
            self._encryption.decrypt_statement("secretsmanager"),
        )

    def _scaling(self) -> RdsClusterServerlessv2ScalingConfiguration:
        metadata = self._config
        return RdsClusterServerlessv2ScalingConfiguration(
            min_capacity=metadata.minimum_capacity,
            max_capacity=metadata.maximum_capacity,
            seconds_until_auto_pause=metadata.auto_pause_seconds if metadata.minimum_capacity == 0 else None,
        )

    def _subnet_group(self, identifier: str, network: Network) -> str:
        return DbSubnetGroup(
            self,
            "subnets",
            name=identifier,
            description="Private subnets of the metadata database",
            subnet_ids=network.private_subnet_ids,
        ).name

    def _security_group(self, network: Network) -> str:
        group = SecurityGroup(
            self,
            "security-group",
            name=self._names.physical("metadata", limit=Limit.SECURITY_GROUP),
            # A change of the description would replace the group.
            description="The metadata database",
            vpc_id=network.vpc_id,
            # A group has exactly the rules that it lists: a deployment removes rules that were added by hand.
            ingress=[
                SecurityGroupIngress(
                    protocol="tcp",
                    from_port=_PORT,
                    to_port=_PORT,
                    security_groups=[network.client_security_group_id],
                    description="PostgreSQL from the clients security group",
                )
            ],
            egress=[],
        )
        return group.id

    def _parameter_group(self, identifier: str) -> str:
        major = self._config.version.major
        return RdsClusterParameterGroup(
            self,
            "parameters",
            # The family cannot be changed in place. With the major version in the name, a major upgrade creates a
            # second group, changes the cluster to it, and then deletes the first.
            name=f"{identifier}-postgresql{major}",
            family=f"aurora-postgresql{major}",
            # A change of the description would replace the group.
            description="TLS only; logged are changes of the schema, and whatever takes longer than a second",
            parameter=[
                RdsClusterParameterGroupParameter(name="rds.force_ssl", value="1"),
                RdsClusterParameterGroupParameter(name="log_min_duration_statement", value="1000"),
                RdsClusterParameterGroupParameter(name="log_statement", value="ddl"),
            ],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        ).name
