"""Deletion of all versions of the objects that checks wrote, with the caller's permissions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from terrarium.verification import Outcome, Remainder

if TYPE_CHECKING:
    import boto3
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

__all__ = ["delete_remainders"]


def delete_remainders(remainders: Iterable[Remainder], session: "boto3.Session") -> Outcome:
    """Delete the objects that the checks could not delete; the outcome lists those that remain."""
    s3 = session.client("s3")
    deleted = 0
    staying: list[str] = []
    for remainder in dict.fromkeys((found.bucket, found.prefix) for found in remainders):
        bucket, prefix = remainder
        try:
            versions: list[ObjectIdentifierTypeDef] = [
                {"Key": found["Key"], "VersionId": found["VersionId"]}
                for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
                for found in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            ]
            errors = []
            for start in range(0, len(versions), 1000):
                answer = s3.delete_objects(
                    Bucket=bucket, Delete={"Objects": versions[start : start + 1000], "Quiet": True}
                )
                errors += answer.get("Errors", [])
            deleted += len(versions) - len(errors)
            if errors:
                staying.append(f"{len(errors)} objects in s3://{bucket}/{prefix} ({errors[0]['Code']})")
        except ClientError as error:
            staying.append(f"s3://{bucket}/{prefix} ({error.response['Error']['Code']})")
    if staying:
        detail = f"deleted {deleted} objects; these remain until their lifecycle or lock ends: {'; '.join(staying)}"
    else:
        detail = f"deleted {deleted} objects with all versions"
    return Outcome(check="clean up", role="operator", status="passed", detail=detail)
