"""Settings of buckets that let others read objects, or copy them elsewhere."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from operations.drift.deployed import Addition, Deployed

__all__ = ["bucket_settings"]

_ABSENT = {"NoSuchWebsiteConfiguration", "ReplicationConfigurationNotFoundError"}


def bucket_settings(deployed: Deployed) -> Iterator[Addition]:
    """Yield replication, inventories, notifications and websites of the environment's buckets."""
    s3 = deployed.client("s3")
    for path, bucket in deployed.of("aws_s3_bucket"):
        name = bucket["bucket"]
        if name not in deployed.values("aws_s3_bucket_replication_configuration", "bucket"):
            replication = _setting(s3.get_bucket_replication, name).get("ReplicationConfiguration", {})
            for rule in replication.get("Rules", []):
                yield Addition(
                    path,
                    f"{name}/replication",
                    f"replication copies the bucket's objects to {rule['Destination']['Bucket']}",
                    f"aws s3api delete-bucket-replication --bucket {name}",
                )
        inventories = _setting(s3.list_bucket_inventory_configurations, name)
        for inventory in inventories.get("InventoryConfigurationList", []):
            destination = inventory["Destination"]["S3BucketDestination"]["Bucket"]
            yield Addition(
                path,
                f"{name}/inventory/{inventory['Id']}",
                f"the inventory {inventory['Id']} lists the bucket's objects in {destination}",
                f"aws s3api delete-bucket-inventory-configuration --bucket {name} --id {inventory['Id']}",
            )
        if name not in deployed.values("aws_s3_bucket_notification", "bucket"):
            for receiver in _receivers(_setting(s3.get_bucket_notification_configuration, name)):
                yield Addition(
                    path,
                    f"{name}/notification",
                    f"notifications of the bucket go to {receiver}",
                    f"aws s3api put-bucket-notification-configuration --bucket {name} "
                    "--notification-configuration '{}'",
                )
        if _setting(s3.get_bucket_website, name):
            yield Addition(
                path,
                f"{name}/website",
                "the bucket has a website",
                f"aws s3api delete-bucket-website --bucket {name}",
            )


def _setting(read: Callable[..., Any], bucket: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = read(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            return {}
        raise
    return found


def _receivers(notification: dict[str, Any]) -> Iterator[str]:
    for configurations, arn in (
        ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
        ("QueueConfigurations", "QueueArn"),
        ("TopicConfigurations", "TopicArn"),
    ):
        for configuration in notification.get(configurations, []):
            yield configuration[arn]
    if "EventBridgeConfiguration" in notification:
        yield "EventBridge"
