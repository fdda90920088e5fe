"""Command `terrarium undelete`: restores objects of S3 that were deleted or overwritten, from their older versions."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, islice, takewhile
from typing import TYPE_CHECKING, NamedTuple

import click

from terrarium.echo import echo
from terrarium.errors import InvalidRequestError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

__all__ = ["Restored", "undelete", "undelete_objects"]

_BATCH = 1000  # objects in a request of DeleteObjects, at most
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Restored(NamedTuple):
    """The keys of the objects that were restored.

    Attributes:
        undeleted: Those that were deleted: the newest version is the current one again.
        reverted: Those that were overwritten: a copy of the older version is the current one.
        lost: Those that were deleted, and have no version.
    """

    undeleted: tuple[str, ...]
    reverted: tuple[str, ...]
    lost: tuple[str, ...]


class _Entry(NamedTuple):
    """A version or a delete marker of an object."""

    key: str
    version: str
    time: datetime
    latest: bool
    deletes: bool


@click.command()
@click.argument("location")
@click.option(
    "--since",
    type=click.DateTime([_TIME]),
    required=True,
    help="When it began, in UTC: 2026-11-30T21:00:00Z.",
)
@click.option("--overwritten", is_flag=True, help="Also revert objects that were overwritten since then.")
@click.option("--dry-run", is_flag=True, help="List the objects, and change nothing.")
def undelete(location: str, *, since: datetime, overwritten: bool, dry_run: bool) -> None:
    """Restore the objects below LOCATION (s3://bucket/prefix) that were deleted since a time. Safe to repeat.

    Works as long as the bucket keeps the older versions: `noncurrent_version_days` of the environment's file.
    """
    import boto3

    bucket, prefix = _parse(location)
    restored = undelete_objects(
        boto3.client("s3"),
        bucket=bucket,
        prefix=prefix,
        since=since.replace(tzinfo=UTC),
        overwritten=overwritten,
        dry_run=dry_run,
    )
    for done, keys in zip(("undeleted", "reverted", "lost: no version of"), restored, strict=True):
        for key in keys:
            echo(f"{done} {key}")
    summary = (
        f"{len(restored.undeleted)} undeleted, {len(restored.reverted)} reverted, {len(restored.lost)} lost"
    )
    echo(f"s3://{bucket}/{prefix}: {summary}{' (dry run: nothing changed)' if dry_run else ''}")


def undelete_objects(
    s3: "S3Client",
    *,
    bucket: str,
    prefix: str,
    since: datetime,
    overwritten: bool = False,
    dry_run: bool = False,
) -> Restored:
    """Restore the objects of a bucket whose keys begin with `prefix`.

    A deleted object is restored by deleting its delete markers, which keeps the id of its version. An overwritten one
    is restored by a copy of the version before `since`. Makes one request for each 1,000 versions, and one for each
    reverted object.

    Args:
        s3: A client that may list versions, and delete and copy them.
        bucket: A versioned bucket.
        prefix: The beginning of the keys.
        since: Objects that were deleted or overwritten before stay as they are.
        overwritten: Whether overwritten objects are reverted.
        dry_run: Whether nothing is changed.
    """
    undeleted: list[str] = []
    reverted: list[str] = []
    lost: list[str] = []
    markers: list[_Entry] = []
    for entries in _by_key(s3, bucket, prefix):
        on_top = list(takewhile(lambda entry: entry.deletes, entries))
        versions = [entry for entry in entries if not entry.deletes]
        if on_top and on_top[0].time < since:
            continue
        if on_top:
            markers += on_top if versions else []
            (undeleted if versions else lost).append(entries[0].key)
        before = next((version for version in versions if version.time < since), None)
        if overwritten and before and versions[0] is not before:
            reverted.append(before.key)
            if not dry_run:
                source = {"Bucket": bucket, "Key": before.key, "VersionId": before.version}
                s3.copy(source, bucket, before.key)  # type: ignore[arg-type] # TypedDict with VersionId
                markers = [marker for marker in markers if marker.key != before.key]
    if not dry_run:
        _delete(s3, bucket, markers)
    return Restored(tuple(undeleted), tuple(reverted), tuple(lost))


def _by_key(s3: "S3Client", bucket: str, prefix: str) -> Iterator[list[_Entry]]:
    """Yield the versions and delete markers of each object, the latest first."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    entries = (
        entry
        for page in pages
        for entry in sorted(
            (
                _Entry(one["Key"], one["VersionId"], one["LastModified"], one["IsLatest"], deletes)
                for kind, deletes in (("Versions", False), ("DeleteMarkers", True))
                for one in page.get(kind, ())  # type: ignore[attr-defined] # both kinds have these members
            ),
            key=lambda entry: (entry.key, not entry.latest, -entry.time.timestamp()),
        )
    )
    for _, of_key in groupby(entries, key=lambda entry: entry.key):
        yield list(of_key)


def _delete(s3: "S3Client", bucket: str, markers: Iterable[_Entry]) -> None:
    remaining = iter(markers)
    while batch := list(islice(remaining, _BATCH)):
        objects: list[ObjectIdentifierTypeDef] = [
            {"Key": marker.key, "VersionId": marker.version} for marker in batch
        ]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
        for error in answer.get("Errors", ()):
            raise InvalidRequestError(
                f"the delete marker of s3://{bucket}/{error.get('Key')} cannot be deleted: {error.get('Message')}",
                remedy="use a role that may s3:DeleteObjectVersion, such as the account's administrator, and repeat",
            )


def _parse(location: str) -> tuple[str, str]:
    scheme, _, path = location.partition("://")
    bucket, _, prefix = path.partition("/")
    if scheme != "s3" or not bucket:
        raise InvalidRequestError(
            f"{location!r} is not a location in S3",
            remedy="write s3://bucket/prefix, e.g. s3://terrarium-dev-artifacts-111111111111/experiments/",
        )
    return bucket, prefix
