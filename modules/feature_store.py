"""The dataset and feature repository: Iceberg tables offline, DynamoDB online, Athena for queries."""

from datetime import date

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.athena_workgroup import (
    AthenaWorkgroup,
    AthenaWorkgroupConfiguration,
    AthenaWorkgroupConfigurationEngineVersion,
    AthenaWorkgroupConfigurationResultConfiguration,
    AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration,
)
from cdktf_cdktf_provider_aws.dynamodb_table import (
    DynamodbTable,
    DynamodbTableAttribute,
    DynamodbTablePointInTimeRecovery,
    DynamodbTableServerSideEncryption,
    DynamodbTableTtl,
)
from cdktf_cdktf_provider_aws.glue_catalog_database import GlueCatalogDatabase
from constructs import Construct

from environments.sections.features import Features as FeaturesConfig
from modules.bucket import Bucket
from modules.encryption import Encryption
from modules.iam.role import Role
from modules.iam.statement import Statement
from modules.names import Limit, Names
from modules.waivers import waive

__all__ = ["FeatureStore"]

_GIB = 1024**3


class FeatureStore(Construct):
    """A warehouse of Iceberg tables in the Glue catalog, an Athena workgroup, and an online table in DynamoDB.

    The online table has one item per entity and feature view, so that one batch read gets many of both.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope, which also names its grants.
        config: The section `features` of the environment's file.
        names: The names of the environment's resources.
        encryption: The key that encrypts tables, query results and the online table.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: FeaturesConfig, names: Names, encryption: Encryption
    ) -> None:
        super().__init__(scope, id)
        self._id = id
        self._config = config
        self._names = names
        self._encryption = encryption
        self.warehouse = Bucket(
            self,
            "warehouse",
            names=names,
            name="warehouse",
            protected=config.protected,
            noncurrent_version_days=config.noncurrent_version_days,
            encryption=encryption,
        )
        self.query_results = Bucket(
            self,
            "query-results",
            names=names,
            name="query-results",
            protected=False,  # a query can be run again
            noncurrent_version_days=1,
            encryption=encryption,
            expiration_days=config.query_result_days,
        )
        if config.protected:
            waive(
                self.query_results.resource,
                "deletion-protection",
                owner="ml-platform",
                reason="Results of queries are copies that expire; running the query again produces them again",
                expires=date(2027, 11, 30),
            )
        self.database = GlueCatalogDatabase(
            self,
            "database",
            # SQL names have no dashes.
            name=names.physical("features", limit=Limit.GLUE_DATABASE).replace("-", "_"),
            description="Datasets and features",
            location_uri=f"s3://{self.warehouse.name}/",
        )
        self.workgroup = self._workgroup()
        self.online_table = self._online_table()

    def grant_read(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` find and query tables, and read online features."""
        granted = self.warehouse.grant_read(role)
        granted += self.query_results.grant_read(role)
        # Athena writes results with the permissions of its caller. No role may replace the results of others itself.
        granted += self.query_results.grant_write(role, through="athena")
        return granted + role.allow(
            f"{self._id}-read",
            self._catalog_statement(
                "FindTables", ("glue:BatchGetPartition", "glue:Get*", "glue:SearchTables")
            ),
            Statement(
                sid="LocateBuckets",  # Athena looks up the regions of the buckets
                actions=("s3:GetBucketLocation",),
                resources=(self.warehouse.arn, self.query_results.arn),
            ),
            Statement(
                sid="FindDefaultDatabase",  # Athena gets it with every query
                actions=("glue:GetDatabase",),
                resources=(
                    self._names.arn("glue", "catalog"),
                    self._names.arn("glue", "database/default"),
                ),
            ),
            Statement(
                sid="LookUpCatalog",  # database tools list these
                actions=(
                    "athena:GetDataCatalog",
                    "athena:GetDatabase",
                    "athena:GetTableMetadata",
                    "athena:ListDatabases",
                    "athena:ListTableMetadata",
                ),
                resources=(self._names.arn("athena", "datacatalog/AwsDataCatalog"),),
            ),
            Statement(
                sid="Query",
                actions=(
                    "athena:BatchGetQueryExecution",
                    "athena:GetPreparedStatement",
                    "athena:GetQueryExecution",
                    "athena:GetQueryResults",
                    "athena:GetQueryResultsStream",
                    "athena:GetQueryRuntimeStatistics",
                    "athena:GetWorkGroup",
                    "athena:ListPreparedStatements",
                    "athena:ListQueryExecutions",
                    "athena:StartQueryExecution",
                    "athena:StopQueryExecution",
                ),
                resources=(self.workgroup.arn,),
            ),
            Statement(
                sid="ReadOnline",
                actions=(
                    "dynamodb:BatchGetItem",
                    "dynamodb:DescribeTable",
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                ),
                resources=(self.online_table.arn,),
            ),
            self._encryption.decrypt_statement("dynamodb"),
        )

    def grant_write(self, role: Role) -> tuple[Statement, ...]:
        """Let `role` create, change and delete tables, and write online features. Reading needs `grant_read`."""
        granted = self.warehouse.grant_write(role) + self.warehouse.grant_delete(role)
        return granted + role.allow(
            f"{self._id}-write",
            self._catalog_statement(
                "ChangeTables",
                (
                    "glue:BatchCreatePartition",
                    "glue:BatchDeletePartition",
                    "glue:CreatePartition",
                    "glue:CreateTable",
                    "glue:DeletePartition",
                    "glue:DeleteTable",
                    "glue:UpdatePartition",
                    "glue:UpdateTable",
                ),
            ),
            Statement(
                sid="WriteOnline",
                actions=(
                    "dynamodb:BatchWriteItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ),
                resources=(self.online_table.arn,),
            ),
            self._encryption.table_statement(),
        )

    def _catalog_statement(self, sid: str, actions: tuple[str, ...]) -> Statement:
        # Glue checks the catalog and the database besides the table.
        database = self.database.name
        return Statement(
            sid=sid,
            actions=actions,
            resources=(
                self._names.arn("glue", "catalog"),
                self._names.arn("glue", f"database/{database}"),
                self._names.arn("glue", f"table/{database}/*"),
            ),
        )

    def _workgroup(self) -> AthenaWorkgroup:
        result = AthenaWorkgroupConfigurationResultConfiguration(
            output_location=f"s3://{self.query_results.name}/",
            encryption_configuration=AthenaWorkgroupConfigurationResultConfigurationEncryptionConfiguration(
                encryption_option="SSE_KMS", kms_key_arn=self._encryption.key_arn
            ),
        )
        return AthenaWorkgroup(
            self,
            "workgroup",
            name=self._names.physical("features", limit=Limit.ATHENA_WORKGROUP),
            description="Queries over datasets and features",
            force_destroy=True,  # contains the history of queries, no data
            configuration=AthenaWorkgroupConfiguration(
                enforce_workgroup_configuration=True,
                publish_cloudwatch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=self._config.query_scan_limit_gib * _GIB,
                engine_version=AthenaWorkgroupConfigurationEngineVersion(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=result,
            ),
        )

    def _online_table(self) -> DynamodbTable:
        protected = self._config.protected
        table = DynamodbTable(
            self,
            "online",
            name=self._names.physical("features", limit=Limit.DYNAMODB_TABLE),
            billing_mode="PAY_PER_REQUEST",
            hash_key="entity",
            range_key="feature_view",
            attribute=[
                DynamodbTableAttribute(name="entity", type="S"),
                DynamodbTableAttribute(name="feature_view", type="S"),
            ],
            ttl=DynamodbTableTtl(attribute_name="expires_at", enabled=True),
            point_in_time_recovery=DynamodbTablePointInTimeRecovery(enabled=self._config.online_recovery),
            server_side_encryption=DynamodbTableServerSideEncryption(
                enabled=True, kms_key_arn=self._encryption.key_arn
            ),
            deletion_protection_enabled=protected,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protected),
        )
        if not self._config.online_recovery:
            waive(
                table,
                "CKV_AWS_28",
                owner="ml-platform",
                reason="A disposable environment: online features are a copy, which can be written again from the "
                "offline tables",
                expires=date(2027, 11, 30),
            )
        return table
