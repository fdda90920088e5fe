"""Search for artifacts that nothing refers to, and their deletion."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from terrarium.arguments import Days, checked
from terrarium.gc._garbage import Garbage
from terrarium.gc.bucket import Bucket
from terrarium.gc.deleted_records import (
    DeletedRecord,
    deleted_models,
    deleted_runs,
    erase_model,
    erase_run,
    find_references,
    known_ids,
    lock_run,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection as DatabaseConnection

    from terrarium.connection import Connection

__all__ = ["delete_garbage", "find_garbage"]


@checked
def find_garbage(connection: "Connection", *, retention: Days) -> list[Garbage]:
    """Return the artifacts that have been unused for `retention`, and that nothing which stays refers to.

    These are deleted runs with their models, deleted models, artifacts of runs and models without a record, and
    unfinished uploads. Versions of registered models, and runs and models that are not deleted, keep what they refer
    to: a parent, a model they started from, an artifact they read, the run they reproduced. Whatever is kept in this
    way keeps what it refers to itself.

    Example:
        >>> find_garbage(lab.connection, retention=timedelta(days=30))
    """
    before = datetime.now(UTC) - retention
    bucket = Bucket(connection.manifest.artifacts, session=connection.session)
    # Read from the writer: a replica might not have a reference yet.
    with connection.database.writer.connect() as database:
        known = known_ids(database)
        orphans = {owner: prefix for owner, prefix in bucket.owners() if owner not in known}
        runs = {run.id: run for run in deleted_runs(database, before=before)}
        models = {model.id: model for model in deleted_models(database, runs, before=before)}
        unreachable = _unreachable(
            {*orphans, *runs, *models}, find_references(database, {*orphans, *runs, *models})
        )
    found = [_of_record(bucket, runs[run]) for run in runs if run in unreachable]
    found += [_of_record(bucket, models[model]) for model in models if model in unreachable]
    found += [
        _of_orphan(bucket, orphan, prefix) for orphan, prefix in orphans.items() if orphan in unreachable
    ]
    found += [
        Garbage(
            kind="upload",
            id=upload.id,
            name=upload.key,
            prefix=None,
            since=upload.begun,
            objects=upload.parts,
            size=upload.size,
        )
        for upload in bucket.uploads(before=before)
    ]
    return [garbage for garbage in found if garbage.since <= before or garbage.kind == "model"]


@checked
def delete_garbage(connection: "Connection", garbage: Iterable[Garbage], *, retention: Days) -> list[Garbage]:
    """Delete what `find_garbage` returned, except what something refers to by now.

    The record of a run and its artifacts are deleted in one database transaction, which is committed after S3 has
    deleted every version. So nobody can restore the run in the meantime, and a run whose artifacts could not be deleted
    stays on record for the next collection.

    Returns:
        What was deleted, without what was restored or got a reference in the meantime.

    Raises:
        AccessDeniedError: The role may not delete versions of objects.
        DeletionIncompleteError: S3 did not delete some versions for another reason.

    Example:
        >>> delete_garbage(lab.connection, garbage, retention=timedelta(days=30))
    """
    before = datetime.now(UTC) - retention
    bucket = Bucket(connection.manifest.artifacts, session=connection.session)
    garbage = list(garbage)
    # References from other garbage do not count.
    going = {item.id for item in garbage if item.kind != "upload"}
    with connection.database.writer.connect() as database:
        going = _unreachable(going, find_references(database, going))
    deleted = []
    for item in garbage:
        if item.kind == "upload":
            bucket.abort(item.name, item.id)
            deleted.append(item)
            continue
        if item.id not in going:
            continue
        with connection.database.writer.begin() as database:
            # In the transaction that locks the run's row: a new reference to a run locks that row first.
            lock_run(database, item.id)
            if _is_referred_to(database, item.id, going=going) or not _erase(database, item, before=before):
                going.discard(item.id)  # it stays, with everything that it refers to
                continue
            if item.prefix:
                bucket.delete(item.prefix)
            deleted.append(item)
    return deleted


def _is_referred_to(connection: "DatabaseConnection", id_: str, *, going: set[str]) -> bool:
    return any(holder != id_ and holder not in going for holder, _ in find_references(connection, {id_}))


def _erase(connection: "DatabaseConnection", item: Garbage, *, before: datetime) -> bool:
    match item.kind:
        case "run":
            return erase_run(connection, item.id, before=before)
        case "model":
            return erase_model(connection, item.id, before=before)
        case _:
            return item.id not in known_ids(connection)


def _unreachable(candidates: set[str], edges: Iterable[tuple[str | None, str]]) -> set[str]:
    """Return the candidates that cannot be reached by references from anything that is not a candidate."""
    referred_by: dict[str, set[str | None]] = {}
    for holder, referred in edges:
        if holder != referred:
            referred_by.setdefault(referred, set()).add(holder)
    left = set(candidates)
    while kept := {referred for referred in left if referred_by.get(referred, set()) - left}:
        left -= kept
    return left


def _of_record(bucket: Bucket, record: DeletedRecord) -> Garbage:
    prefix = bucket.prefix_of(record.artifact_uri)
    usage = bucket.usage(prefix) if prefix else None
    return Garbage(
        kind="model" if record.id.startswith("m-") else "run",
        id=record.id,
        name=record.name,
        prefix=prefix,
        since=record.since,
        objects=usage.objects if usage else 0,
        size=usage.size if usage else 0,
    )


def _of_orphan(bucket: Bucket, owner: str, prefix: str) -> Garbage:
    usage = bucket.usage(prefix)
    return Garbage(
        kind="orphan",
        id=owner,
        name=prefix,
        prefix=prefix,
        since=usage.modified or datetime.now(UTC),
        objects=usage.objects,
        size=usage.size,
    )
