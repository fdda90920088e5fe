"""Permissions of CloudFormation's handlers that the CI roles do not need, with reasons."""

from collections.abc import Mapping

__all__ = ["EXCEPTIONS", "exception_for"]

# By reason: actions. `action@type` is an exception for one Terraform type, `action` for all.
EXCEPTIONS: Mapping[str, str] = {
    "The administrator's first deployment creates the service-linked roles": """
        iam:CreateServiceLinkedRole""",
    "The administrator creates and deletes GitHub's OIDC provider (decision 62)": """
        iam:AddClientIDToOpenIDConnectProvider iam:CreateOpenIDConnectProvider iam:DeleteOpenIDConnectProvider
        iam:RemoveClientIDFromOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint""",
    "Roles hold managed policies that stacks attach to roles only, and keep their boundary and description": """
        iam:AttachGroupPolicy iam:AttachUserPolicy iam:DeleteRolePermissionsBoundary
        iam:DetachGroupPolicy iam:DetachUserPolicy iam:PutRolePolicy iam:UpdateRoleDescription""",
    "An administrator changes and deletes the audit trail and the key": """
        cloudtrail:DeleteTrail cloudtrail:PutEventSelectors cloudtrail:StopLogging cloudtrail:UpdateTrail
        kms:CreateKey kms:PutKeyPolicy kms:ScheduleKeyDeletion""",
    "The key is never disabled, and rotates from the beginning": """
        kms:DisableKey kms:DisableKeyRotation kms:EnableKey""",
    "Pools are of EC2 instances, not of EKS": """
        eks:AssociateAccessPolicy eks:CreateAccessEntry eks:DeleteAccessEntry eks:DescribeAccessEntry
        eks:DescribeCluster eks:ListAssociatedAccessPolicies""",
    "The trail is the account's own, with selectors of events": """
        cloudtrail:GetEventConfiguration cloudtrail:PutEventConfiguration cloudtrail:PutInsightSelectors
        organizations:DescribeOrganization organizations:ListAWSServiceAccessForOrganization""",
    "Handlers that only read pass no role": """
        iam:PassRole@aws_cloudwatch_event_rule iam:PassRole@aws_cloudwatch_event_target""",
    "Log groups always have a key and a retention, and no policies of their own": """
        firehose:TagDeliveryStream logs:DeleteDataProtectionPolicy logs:DeleteIndexPolicy logs:DeleteResourcePolicy
        logs:DeleteRetentionPolicy logs:DescribeIndexPolicies logs:DescribeResourcePolicies
        logs:DisassociateKmsKey logs:GetDataProtectionPolicy logs:PutBearerTokenAuthentication
        logs:PutDataProtectionPolicy logs:PutIndexPolicy logs:PutLogGroupDeletionProtection logs:PutResourcePolicy""",
    "The table has no replicas, streams, imports, insights or resource policy": """
        dynamodb:AssociateTableReplica dynamodb:BatchWriteItem dynamodb:CreateTableReplica dynamodb:DeleteItem
        dynamodb:DeleteResourcePolicy dynamodb:DescribeContributorInsights dynamodb:DescribeImport
        dynamodb:DescribeKinesisStreamingDestination dynamodb:DisableKinesisStreamingDestination
        dynamodb:EnableKinesisStreamingDestination dynamodb:GetItem dynamodb:ImportTable
        dynamodb:PutItem dynamodb:PutResourcePolicy dynamodb:Query dynamodb:Scan dynamodb:UpdateContributorInsights
        dynamodb:UpdateItem dynamodb:UpdateKinesisStreamingDestination kinesis:DescribeStream kinesis:PutRecords
        logs:CreateLogStream logs:DescribeLogStreams logs:PutLogEvents kms:RevokeGrant@aws_dynamodb_table""",
    "Repositories have no policy: only the account itself uses them": """
        ecr:DeleteRepositoryPolicy ecr:SetRepositoryPolicy""",
    "The cluster is created with its settings and has no capacity providers": """
        ecs:PutAccountSetting ecs:PutAccountSettingDefault ecs:PutClusterCapacityProviders
        ecs:UpdateClusterSettings""",
    "Features of EC2 that no network of the stacks has": """
        autoscaling:DescribeTags ec2:AcceptAddressTransfer ec2:AssignPrivateNatGatewayAddress
        ec2:CreateVpcEncryptionControl ec2:UnassignPrivateNatGatewayAddress vpce:AllowMultiRegion
        vpc-lattice:CreateServiceNetworkVpcEndpointAssociation""",
    "The database of the catalog is neither federated nor managed by Lake Formation": """
        glue:CreateConnection glue:DeleteConnection glue:GetConnection glue:PassConnection glue:UpdateConnection
        lakeformation:DescribeLakeFormationIdentityCenterConfiguration lakeformation:DescribeResource
        lakeformation:ListResources""",
    "Restoring, promoting, failing over and rebooting databases is an administrator's work": """
        rds:CreateDBInstanceReadReplica rds:CreateDBSnapshot
        rds:AddRoleToDBCluster rds:AddRoleToDBInstance rds:DisableHttpEndpoint rds:EnableHttpEndpoint
        rds:PromoteReadReplica rds:RebootDBInstance rds:RemoveFromGlobalCluster
        rds:RemoveRoleFromDBInstance rds:RestoreDBClusterFromSnapshot rds:RestoreDBClusterToPointInTime
        rds:RestoreDBInstanceFromDBSnapshot rds:RestoreDBInstanceToPointInTime
        rds:StartDBInstanceAutomatedBackupsReplication rds:StopDBInstanceAutomatedBackupsReplication""",
    "Features of S3 that no bucket of the stacks has; the provider tags buckets by PutBucketTagging": """
        s3:CreateBucketMetadataTableConfiguration s3:DeleteBucketMetadataTableConfiguration
        s3:DeleteBucketWebsite s3:GetAnalyticsConfiguration s3:GetIntelligentTieringConfiguration
        s3:GetMetricsConfiguration s3:ListTagsForResource
        s3:PutAccelerateConfiguration s3:PutAnalyticsConfiguration s3:PutIntelligentTieringConfiguration
        s3:PutInventoryConfiguration s3:PutMetricsConfiguration s3:PutObjectAcl s3:PutReplicationConfiguration
        s3:TagResource s3:UntagResource
        s3:UpdateBucketMetadataInventoryTableConfiguration s3:UpdateBucketMetadataJournalTableConfiguration
        s3tables:CreateNamespace s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable
        s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy s3tables:PutTableEncryption
        s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation""",
    "The topic has no data protection policy": """
        sns:GetDataProtectionPolicy sns:PutDataProtectionPolicy""",
    "Athena encrypts results when a query runs; creating a workgroup calls no KMS": """
        kms:Decrypt@aws_athena_workgroup""",
}


def exception_for(action: str, kind: str) -> str | None:
    """Return the reason why a role does not need an action for a Terraform type; None if it needs the action."""
    return next(
        (
            reason
            for reason, actions in EXCEPTIONS.items()
            if {action, f"{action}@{kind}"} & set(actions.split())
        ),
        None,
    )
