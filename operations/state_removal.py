"""Deletion of the bucket for the Terraform state of an environment that was destroyed."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from terrarium.errors import ConflictError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["delete_state_bucket"]

_STATE = "terraform.tfstate"  # the key in the backend of every stack
_LOCK = f"{_STATE}.tflock"
_LISTED = 5


def delete_state_bucket(s3: "S3Client", bucket: str, *, environment: str) -> bool:
    """Delete the bucket with all versions of the state, and return whether it existed.

    Raises:
        ConflictError: The state has resources, it is locked, or it was deleted without its versions.
    """
    if bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        return False
    _check_state(s3, bucket, environment)
    for objects in _versions(s3, bucket):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    s3.delete_bucket(Bucket=bucket)
    return True


def _check_state(s3: "S3Client", bucket: str, environment: str) -> None:
    if _read(s3, bucket, _LOCK) is not None:
        raise ConflictError(
            f"the state in {bucket} is locked: a deployment is running, or one was interrupted",
            remedy="wait until it ends, or remove its lock: docs/runbooks",
        )
    state = _read(s3, bucket, _STATE)
    if state is None:
        if any(entry["Key"] == _STATE for objects in _versions(s3, bucket) for entry in objects):
            raise ConflictError(
                f"the state in {bucket} was deleted, and the environment may still exist",
                remedy="restore the newest version of the state, then destroy the environment: "
                f"cdktf destroy {environment}",
            )
        return
    managed = [
        f"{resource['type']}.{resource['name']}"
        for resource in json.loads(state)["resources"]
        if resource["mode"] == "managed" and resource["instances"]
    ]
    if managed:
        more = f" and {len(managed) - _LISTED} others" if len(managed) > _LISTED else ""
        raise ConflictError(
            f"the state in {bucket} has {len(managed)} resources: {', '.join(managed[:_LISTED])}{more}",
            remedy=f"destroy them first: cdktf destroy {environment}",
        )


def _read(s3: "S3Client", bucket: str, key: str) -> bytes | None:
    try:
        return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise


def _versions(s3: "S3Client", bucket: str) -> Iterator[list[Any]]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            yield [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in found]
