"""Resources for datasets and features, as a deployment creates them: bucket, Glue database, workgroup, online table."""

import boto3

from terrarium.manifest import PlatformManifest
from tests.support.provisioning.bucket import create_bucket

__all__ = ["create_feature_store", "query_results_bucket"]

SCAN_LIMIT_BYTES = 1024**3


def query_results_bucket(manifest: PlatformManifest) -> str:
    """Return the bucket of query results."""
    return f"terrarium-{manifest.environment}-query-results-{manifest.account}"


def create_feature_store(manifest: PlatformManifest) -> None:
    """Make what section `features` of the manifest names."""
    features = manifest.features
    key = manifest.encryption.key_arn
    create_bucket(features.warehouse.removeprefix("s3://"), key)
    create_bucket(query_results_bucket(manifest), key)
    boto3.client("glue").create_database(
        DatabaseInput={"Name": features.catalog_database, "LocationUri": f"{features.warehouse}/"}
    )
    _create_workgroup(manifest)
    _create_online_table(features.online_table, key)


def _create_workgroup(manifest: PlatformManifest) -> None:
    boto3.client("athena").create_work_group(
        Name=manifest.features.workgroup,
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "BytesScannedCutoffPerQuery": SCAN_LIMIT_BYTES,
            "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
            "ResultConfiguration": {
                "OutputLocation": f"s3://{query_results_bucket(manifest)}/",
                "EncryptionConfiguration": {
                    "EncryptionOption": "SSE_KMS",
                    "KmsKey": manifest.encryption.key_arn,
                },
            },
        },
    )


def _create_online_table(name: str, key: str) -> None:
    dynamodb = boto3.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "entity", "AttributeType": "S"},
            {"AttributeName": "feature_view", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "entity", "KeyType": "HASH"},
            {"AttributeName": "feature_view", "KeyType": "RANGE"},
        ],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
    )
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
