"""Parts of the state that a request may have changed: items of large services, and other services as a whole."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType

from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.state.change import ABSENT, Change, Shell
from terrarium_sandbox.state.touched_backends import BackendKey

__all__ = ["changed_parts"]

# Both services refer to the same models (a managed secret, subnets): they are recorded together.
_TOGETHER = frozenset({"rds", "secretsmanager", "ec2"})
_LARGE = frozenset({"s3", "dynamodb"})
_BUCKET_PARTS = ("keys", "multiparts")
_OF_OBJECTS = frozenset(
    {
        "CompleteMultipartUpload",
        "CopyObject",
        "DeleteObject",
        "DeleteObjects",
        "DeleteObjectTagging",
        "PutObject",
        "PutObjectAcl",
        "PutObjectLegalHold",
        "PutObjectRetention",
        "PutObjectTagging",
        "RestoreObject",
    }
)
_OF_UPLOADS = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPartCopy",
    }
)


def changed_parts(touched: Iterable[BackendKey], call: Call | None) -> list[Change]:
    """Return the present state of the parts that a request may have changed.

    Args:
        touched: The backends that it used.
        call: Its operation and parameters; None if AWS has no such operation.
    """
    keys = set(touched)
    for key in list(keys):
        if key.service in {"rds", "secretsmanager"}:
            keys |= {BackendKey(service, key.account, key.region) for service in _TOGETHER}
    return [change for key in sorted(keys) for change in _of_backend(key, call)]


def _of_backend(key: BackendKey, call: Call | None) -> Iterator[Change]:
    if key.service not in _LARGE:
        yield Change(key, (), dict(vars(key.find())))
    elif call is not None and call.service == key.service:
        parts = _of_s3(key, call) if key.service == "s3" else _of_dynamodb(key, call)
        yield from [Change(key, (), dict(vars(key.find())))] if parts is None else parts


def _of_s3(key: BackendKey, call: Call) -> list[Change] | None:
    backend: Any = key.find()
    name = call.parameters.get("Bucket")
    if name is None:
        return None
    bucket = backend.buckets.get(name)
    accounts = find_bucket_accounts(key)
    if bucket is None:
        gone = [("buckets", name), ("tagger", "tags", f"arn:aws:s3:::{name}")]
        return [
            *(Change(key, path, ABSENT) for path in gone),
            Change(key, ("bucket_accounts", name), accounts.get(name, ABSENT), of_registry=True),
        ]
    if call.operation in _OF_OBJECTS or call.operation in _OF_UPLOADS:
        return [*_of_objects(key, backend, bucket, call), *_of_uploads(key, bucket, call)]
    tags = backend.tagger.tags.get(bucket.arn, ABSENT)
    return [
        Change(key, ("buckets", name), Shell.of(bucket, *_BUCKET_PARTS)),
        Change(key, ("tagger", "tags", bucket.arn), tags),
        Change(key, ("bucket_accounts", name), accounts.get(name, ABSENT), of_registry=True),
    ]


def find_bucket_accounts(key: BackendKey) -> Mapping[str, Any]:
    """Return S3's table of the owner of each bucket."""
    from moto.s3.models import s3_backends

    assert key.service == "s3"  # noqa: S101 - no other service has one
    return s3_backends.bucket_accounts


def _of_objects(key: BackendKey, backend: Any, bucket: Any, call: Call) -> Iterator[Change]:
    if call.operation not in _OF_OBJECTS:
        return
    deleted = call.parameters.get("Delete", {}).get("Objects", [])
    for name in [call.parameters.get("Key"), *(one.get("Key") for one in deleted)]:
        if name is None:
            continue
        versions = dict.get(bucket.keys, name, ABSENT)
        yield Change(key, ("buckets", bucket.name, "keys", name), versions)
        for version in [] if versions is ABSENT else versions:
            arn = getattr(version, "arn", None)
            if arn is not None:
                yield Change(key, ("tagger", "tags", arn), backend.tagger.tags.get(arn, ABSENT))


def _of_uploads(key: BackendKey, bucket: Any, call: Call) -> Iterator[Change]:
    if call.operation not in _OF_UPLOADS:
        return
    upload = call.parameters.get("UploadId")
    if upload is None:  # a new one: only the response has its name
        yield Change(key, ("buckets", bucket.name, "multiparts"), bucket.multiparts)
    else:
        found = dict.get(bucket.multiparts, upload, ABSENT)
        yield Change(key, ("buckets", bucket.name, "multiparts", upload), found)


def _of_dynamodb(key: BackendKey, call: Call) -> list[Change] | None:
    """Yield all items of each hash key; return None for requests that change more than items."""
    backend: Any = key.find()
    changes = []
    for name, item in _written(call) or [("", {})]:
        table = backend.tables.get(name)
        if table is None or table.stream_shard is not None or table.hash_key_attr not in item:
            return None
        hash_key = DynamoType(item[table.hash_key_attr])
        value = dict.get(table.items, hash_key, ABSENT)
        changes.append(Change(key, ("tables", name, "items", hash_key), value))
    return changes


def _written(call: Call) -> list[tuple[str, Mapping[str, Any]]]:
    """Return table and key of every item that a call of DynamoDB writes."""
    given = call.parameters
    if call.operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        return [(given["TableName"], given.get("Item") or given.get("Key") or {})]
    if call.operation == "BatchWriteItem":
        return [
            (
                table,
                (request.get("PutRequest") or {}).get("Item")
                or (request.get("DeleteRequest") or {}).get("Key")
                or {},
            )
            for table, requests in given["RequestItems"].items()
            for request in requests
        ]
    if call.operation == "TransactWriteItems":
        actions = [action for item in given["TransactItems"] for action in item.items()]
        return [
            (one["TableName"], one.get("Item") or one.get("Key"))
            for kind, one in actions
            if kind != "ConditionCheck"
        ]
    return []
