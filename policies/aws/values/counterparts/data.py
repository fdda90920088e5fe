"""Counterparts of Athena, DynamoDB, Glue and RDS."""

from collections.abc import Mapping

from policies.aws.values.counterparts.counterpart import Counterpart

__all__ = ["DATA"]

_TABLE = {
    "attribute": "AttributeDefinitions",
    "attribute.name": "AttributeName",
    "attribute.type": "AttributeType",
    "hash_key": "KeySchema.0.AttributeName",
    "range_key": "KeySchema.1.AttributeName",
    "point_in_time_recovery": "PointInTimeRecoverySpecification",
    "point_in_time_recovery.enabled": "PointInTimeRecoveryEnabled",
    "server_side_encryption": "SSESpecification",
    "server_side_encryption.enabled": "SSEEnabled",
    "server_side_encryption.kms_key_arn": "KMSMasterKeyId",
    "ttl": "TimeToLiveSpecification",
}
_WORKGROUP = {"configuration.result_configuration.encryption_configuration.kms_key_arn": "KmsKey"}

DATA: Mapping[str, Counterpart] = {
    "aws_athena_workgroup": Counterpart(
        cloudformation="AWS::Athena::WorkGroup",
        operations=("athena.CreateWorkGroup",),
        schema={"configuration": "WorkGroupConfiguration", **_WORKGROUP},
        api=_WORKGROUP,
    ),
    "aws_db_subnet_group": Counterpart(
        cloudformation="AWS::RDS::DBSubnetGroup", operations=("rds.CreateDBSubnetGroup",)
    ),
    "aws_dynamodb_table": Counterpart(
        cloudformation="AWS::DynamoDB::Table",
        operations=(
            "dynamodb.CreateTable",
            "dynamodb.UpdateTimeToLive",
            "dynamodb.UpdateContinuousBackups",
        ),
        schema=_TABLE,
        api={**_TABLE, "server_side_encryption.enabled": "Enabled"},
        constants={
            "KeySchema.0.KeyType": "HASH",
            "KeySchema.1.KeyType": "RANGE",
            "SSESpecification.SSEType": "KMS",
        },
    ),
    "aws_glue_catalog_database": Counterpart(
        cloudformation="AWS::Glue::Database",
        operations=("glue.CreateDatabase",),
        within=("DatabaseInput",),
        schema={"name": "DatabaseInput.Name"},
        constants={"CatalogId": "123456789012"},
    ),
    "aws_rds_cluster": Counterpart(
        cloudformation="AWS::RDS::DBCluster",
        operations=("rds.CreateDBCluster",),
        schema={
            "cluster_identifier": "DBClusterIdentifier",
            "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
            "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
            "final_snapshot_identifier": None,  # decides what a deletion leaves behind
            "allow_major_version_upgrade": None,  # decides what an update may do
            "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
            "master_user_secret_kms_key_id": "MasterUserSecret.KmsKeyId",
        },
        api={
            "cluster_identifier": "DBClusterIdentifier",
            "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
            "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
            "final_snapshot_identifier": None,  # of DeleteDBCluster
            "allow_major_version_upgrade": None,  # of ModifyDBCluster
        },
    ),
    "aws_rds_cluster_instance": Counterpart(
        cloudformation="AWS::RDS::DBInstance",
        operations=("rds.CreateDBInstance",),
        schema={
            "cluster_identifier": "DBClusterIdentifier",
            "copy_tags_to_snapshot": None,  # the API takes it, and ignores it for Aurora
            "instance_class": "DBInstanceClass",
            "performance_insights_enabled": "EnablePerformanceInsights",
        },
        api={
            "cluster_identifier": "DBClusterIdentifier",
            "instance_class": "DBInstanceClass",
            "performance_insights_enabled": "EnablePerformanceInsights",
        },
    ),
    "aws_rds_cluster_parameter_group": Counterpart(
        cloudformation="AWS::RDS::DBClusterParameterGroup",
        operations=("rds.CreateDBClusterParameterGroup", "rds.ModifyDBClusterParameterGroup"),
        api={
            "family": "DBParameterGroupFamily",
            "name": "DBClusterParameterGroupName",
            "parameter": "Parameters",
            "parameter.name": "ParameterName",
            "parameter.value": "ParameterValue",
        },
    ),
}
