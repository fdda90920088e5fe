"""Terraform's state of an environment as its bucket holds it: the current version and the earlier ones."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from botocore.exceptions import ClientError

from modules.names import STATE_KEY
from terrarium.errors import Error

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["EarlierState", "State", "discard_state", "earlier_state", "read_state", "restore_state"]

_FORMAT: Final = 4  # of Terraform since 0.12
_NEWEST_VERSIONS: Final = 50  # a deployment writes one every 20 seconds


class State(NamedTuple):
    """A state.

    Args:
        problem: Why Terraform cannot use it, or would begin a new one; None if it has resources.
        lineage: Its identity: all versions of a state have the same.
        serial: The number of its version.
        resources: The attributes of each resource, by address.
        tainted: The addresses of resources that the next deployment replaces, because their creation failed.
        deposed: The addresses of resources whose former object the next deployment deletes.
    """

    problem: Literal["missing", "empty", "unreadable"] | None
    lineage: str | None
    serial: int
    resources: dict[str, dict[str, Any]]
    tainted: tuple[str, ...]
    deposed: tuple[str, ...]


class EarlierState(NamedTuple):
    """An earlier version of the state that has resources.

    Args:
        version: The version's id in the bucket.
        written: When it was written.
        state: The state.
    """

    version: str
    written: datetime
    state: State


def read_state(s3: "S3Client", bucket: str, *, version: str | None = None) -> State:
    """Return the state in a bucket.

    Args:
        s3: A client in the environment's account.
        bucket: The state bucket.
        version: A version of it. Default: the current one.

    Raises:
        terrarium.errors.Error: The bucket does not exist.
    """
    chosen: Any = {} if version is None else {"VersionId": version}
    try:
        text = s3.get_object(Bucket=bucket, Key=STATE_KEY, **chosen)["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchKey":
            return _without_resources("missing")
        if code == "NoSuchBucket":
            raise Error(
                f"the bucket of Terraform's state, {bucket}, does not exist",
                remedy="create it with `terrarium bootstrap <environment>`, then run this again",
            ) from error
        raise
    return _parsed(text)


def earlier_state(s3: "S3Client", bucket: str, *, current: State) -> EarlierState | None:
    """Return the newest earlier version of the state that Terraform can use, if one is kept.

    Args:
        s3: A client in the environment's account.
        bucket: The state bucket.
        current: The state that it would replace.
    """
    for version, written in _versions(s3, bucket):
        state = read_state(s3, bucket, version=version)
        if state.problem is None and (state.lineage, state.serial) != (current.lineage, current.serial):
            return EarlierState(version, written, state)
    return None


def restore_state(s3: "S3Client", bucket: str, earlier: EarlierState) -> None:
    """Make an earlier version the current one. The current one becomes an earlier version."""
    s3.copy_object(
        Bucket=bucket,
        Key=STATE_KEY,
        CopySource={"Bucket": bucket, "Key": STATE_KEY, "VersionId": earlier.version},
    )


def discard_state(s3: "S3Client", bucket: str) -> None:
    """Delete the current state. It becomes an earlier version."""
    s3.delete_object(Bucket=bucket, Key=STATE_KEY)


def _versions(s3: "S3Client", bucket: str) -> Iterator[tuple[str, datetime]]:
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=bucket, Prefix=STATE_KEY, PaginationConfig={"MaxItems": _NEWEST_VERSIONS * 2}
    )
    for page in pages:  # from the newest to the oldest
        for found in page.get("Versions", ()):
            if found["Key"] == STATE_KEY:
                yield found["VersionId"], found["LastModified"]


def _parsed(text: bytes) -> State:
    try:
        document = json.loads(text)
        if document["version"] != _FORMAT:
            return _without_resources("unreadable")
        managed = [entry for entry in document["resources"] if entry["mode"] == "managed"]
        instances = [
            (f"{entry['type']}.{entry['name']}", instance)
            for entry in managed
            for instance in entry["instances"]
        ]
        current = [(address, instance) for address, instance in instances if "deposed" not in instance]
        return State(
            None if instances else "empty",
            document["lineage"],
            document["serial"],
            {address: instance["attributes"] for address, instance in current},
            tuple(address for address, instance in current if instance.get("status") == "tainted"),
            tuple(address for address, instance in instances if "deposed" in instance),
        )
    except (ValueError, KeyError, TypeError):
        return _without_resources("unreadable")


def _without_resources(problem: Literal["missing", "unreadable"]) -> State:
    return State(problem, None, 0, {}, (), ())
