"""Deletion of many object versions. S3 may respond with status 200 and an error for each version."""

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from terrarium.errors import AccessDeniedError
from terrarium.gc.errors import DeletionIncompleteError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ErrorTypeDef, ObjectIdentifierTypeDef

__all__ = ["delete_versions"]

_MOST_KEYS = 1000  # per DeleteObjects request
_SHOWN = 3  # errors in the message
# Errors that S3 asks clients to retry (Amazon S3 API, "List of error codes").
_TEMPORARY = frozenset({"InternalError", "OperationAborted", "ServiceUnavailable", "SlowDown"})
_PAUSES = (1, 4, 16)  # seconds


def delete_versions(s3: "S3Client", bucket: str, versions: "Iterable[ObjectIdentifierTypeDef]") -> None:
    """Delete versions of objects.

    Raises:
        AccessDeniedError: S3 denied the deletion of at least one version.
        DeletionIncompleteError: S3 did not delete at least one version for another reason.
    """
    rest = iter(versions)
    while batch := list(islice(rest, _MOST_KEYS)):
        errors = _delete(s3, bucket, batch)
        if errors:
            raise _error(bucket, errors)


def _delete(s3: "S3Client", bucket: str, batch: "Sequence[ObjectIdentifierTypeDef]") -> "list[ErrorTypeDef]":
    """Return the errors that remain after retries of temporary ones."""
    lasting: list[ErrorTypeDef] = []
    temporary: list[ErrorTypeDef] = []
    for pause in _pauses():
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        errors = answer.get("Errors", [])
        temporary = [error for error in errors if error.get("Code") in _TEMPORARY]
        lasting += [error for error in errors if error.get("Code") not in _TEMPORARY]
        if not temporary or pause is None:
            break
        batch = [_identifier(error) for error in temporary]
        time.sleep(pause)
    return lasting + temporary


def _pauses() -> Iterator[int | None]:
    yield from _PAUSES
    yield None


def _identifier(error: "ErrorTypeDef") -> "ObjectIdentifierTypeDef":
    identifier: ObjectIdentifierTypeDef = {"Key": error["Key"]}
    if error.get("VersionId"):
        identifier["VersionId"] = error["VersionId"]
    return identifier


def _error(bucket: str, errors: "Sequence[ErrorTypeDef]") -> AccessDeniedError | DeletionIncompleteError:
    shown = [
        f"  s3://{bucket}/{error['Key']} (version {error.get('VersionId', 'current')}): "
        f"{error.get('Code', 'unknown')}: {error.get('Message', '')}"
        for error in errors[:_SHOWN]
    ]
    more = [f"  and {len(errors) - _SHOWN} more"] if len(errors) > _SHOWN else []
    problem = "\n".join([f"S3 did not delete {len(errors)} versions of objects in {bucket}:", *shown, *more])
    if any(error.get("Code") == "AccessDenied" for error in errors):
        return AccessDeniedError(
            problem,
            remedy="use credentials of an administrator, who may s3:DeleteObjectVersion (`aws sts get-caller-identity` "
            "shows yours); a locked version can be deleted after the end of its retention",
        )
    return DeletionIncompleteError(problem, remedy="run the command again: it deletes the rest")
