"""Finds what nobody refers to, and frees it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from terrarium.arguments import Days, checked
from terrarium.gc.bucket import Bucket
from terrarium.gc.deleted_records import (
    DeletedRecord,
    deleted_models,
    deleted_runs,
    erase_model,
    erase_run,
    known_ids,
    lock_run,
    mentions,
)
from terrarium.gc.garbage import Garbage

if TYPE_CHECKING:
    from sqlalchemy import Connection as DatabaseConnection

    from terrarium.connection import Connection

__all__ = ["find_garbage", "free"]


@checked
def find_garbage(connection: "Connection", *, retention: Days) -> list[Garbage]:
    """What has had no use for `retention`, and is referred to by nothing that stays.

    Deleted runs with their models; deleted models; artifacts of runs and models that are not on record at all; and
    unfinished uploads. A registered model's versions, and the runs and models that stay, keep what they mention:
    a parent, a model they started from, an artifact they read, the run they reproduced. What is kept so keeps
    what it mentions itself.
    """
    before = datetime.now(UTC) - retention
    bucket = Bucket(connection.manifest.artifacts, session=connection.session)
    # As the writer: a replica might not know of a reference yet.
    with connection.database.writer.connect() as database:
        known = known_ids(database)
        orphans = {owner: prefix for owner, prefix in bucket.owners() if owner not in known}
        runs = {run.id: run for run in deleted_runs(database, before=before)}
        models = {model.id: model for model in deleted_models(database, runs, before=before)}
        unreferred = _unreferred({*orphans, *runs, *models}, mentions(database, {*orphans, *runs, *models}))
    found = [_of_record(bucket, runs[run]) for run in runs if run in unreferred]
    found += [_of_record(bucket, models[model]) for model in models if model in unreferred]
    found += [
        _of_orphan(bucket, orphan, prefix) for orphan, prefix in orphans.items() if orphan in unreferred
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
def free(connection: "Connection", garbage: Iterable[Garbage], *, retention: Days) -> list[Garbage]:
    """Delete what `find_garbage` found, unless something refers to it by now.

    Deletes the record of a run and its artifacts in one transaction of the database, which is committed only after S3
    has deleted every version: nobody can restore the run meanwhile, and a run whose artifacts could not be deleted
    stays on record, so that the next sweep finds it.

    Returns:
        What was deleted. What was restored, or came to be referred to, since it was found is not among it.

    Raises:
        AccessDeniedError: The role may not delete versions of objects.
        DeletionIncompleteError: S3 did not delete some versions for another reason.
    """
    before = datetime.now(UTC) - retention
    bucket = Bucket(connection.manifest.artifacts, session=connection.session)
    garbage = list(garbage)
    # What goes, too, refers to nothing that stays.
    going = {item.id for item in garbage if item.kind != "upload"}
    with connection.database.writer.connect() as database:
        going = _unreferred(going, mentions(database, going))
    freed = []
    for item in garbage:
        if item.kind == "upload":
            bucket.abort(item.name, item.id)
            freed.append(item)
            continue
        if item.id not in going:
            continue
        with connection.database.writer.begin() as database:
            # In the transaction that holds the run's row: a new reference to a run locks that row first.
            lock_run(database, item.id)
            if _is_referred_to(database, item.id, going=going) or not _erase(database, item, before=before):
                going.discard(item.id)  # it stays, and what it mentions with it
                continue
            if item.prefix:
                bucket.delete(item.prefix)
            freed.append(item)
    return freed


def _is_referred_to(connection: "DatabaseConnection", id_: str, *, going: set[str]) -> bool:
    return any(holder != id_ and holder not in going for holder, _ in mentions(connection, {id_}))


def _erase(connection: "DatabaseConnection", item: Garbage, *, before: datetime) -> bool:
    match item.kind:
        case "run":
            return erase_run(connection, item.id, before=before)
        case "model":
            return erase_model(connection, item.id, before=before)
        case _:
            return item.id not in known_ids(connection)


def _unreferred(candidates: set[str], edges: Iterable[tuple[str | None, str]]) -> set[str]:
    """The candidates that cannot be reached from anything that is none."""
    mentioned_by: dict[str, set[str | None]] = {}
    for holder, mentioned in edges:
        if holder != mentioned:
            mentioned_by.setdefault(mentioned, set()).add(holder)
    left = set(candidates)
    while kept := {mentioned for mentioned in left if mentioned_by.get(mentioned, set()) - left}:
        left -= kept
    return left


def _of_record(bucket: Bucket, record: DeletedRecord) -> Garbage:
    prefix = bucket.prefix_of(record.artifact_uri)
    holding = bucket.holding(prefix) if prefix else None
    return Garbage(
        kind="model" if record.id.startswith("m-") else "run",
        id=record.id,
        name=record.name,
        prefix=prefix,
        since=record.since,
        objects=holding.objects if holding else 0,
        size=holding.size if holding else 0,
    )


def _of_orphan(bucket: Bucket, owner: str, prefix: str) -> Garbage:
    holding = bucket.holding(prefix)
    return Garbage(
        kind="orphan",
        id=owner,
        name=prefix,
        prefix=prefix,
        since=holding.modified or datetime.now(UTC),
        objects=holding.objects,
        size=holding.size,
    )
