"""Rules about the keys that S3 uses in the caller's name."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from moto.s3.models import s3_backends

from terrarium_sandbox.authorization.resource_policies import bucket_owner
from terrarium_sandbox.rules.keys.rule import caller_key_rule, use
from terrarium_sandbox.rules.keys.use import DECRYPT, GENERATE, KeyUse
from terrarium_sandbox.rules.rule import Request, Rule

__all__ = ["RULES"]

_SOURCE = "Amazon S3 User Guide, Using server-side encryption with AWS KMS keys"


@caller_key_rule(
    "s3-object-key",
    on=("s3:CopyObject", "s3:GetObject", "s3:HeadObject", "s3:UploadPartCopy"),
    code="AccessDenied",
    status=403,
    source=f"{_SOURCE}; API model of S3, HeadObject, ChecksumMode",
)
def object_key(request: Request) -> Iterable[KeyUse]:
    """Reading an object needs kms:Decrypt via S3 for the key that encrypts it, and so does reading its checksum."""
    bucket, name, version = request.get("Bucket"), request.get("Key"), request.get("VersionId")
    if "CopySource" in request.parameters:
        source, _, version_query = str(request.get("CopySource")).partition("?")
        bucket, _, name = unquote(source).lstrip("/").partition("/")
        version = version_query.partition("=")[2] or None
    owner = bucket_owner(bucket)
    if owner is None:
        return
    stored = s3_backends[owner]["aws"].get_object(bucket, name, version_id=version)
    key = getattr(stored, "kms_key_id", None)
    # Of the response to HeadObject, only the checksum is encrypted.
    if request.operation == "HeadObject" and (
        request.get("ChecksumMode") != "ENABLED" or not getattr(stored, "checksum_value", None)
    ):
        return
    if key:
        yield use(request, key, DECRYPT, context=_context(bucket, name, owner), account=owner)


@caller_key_rule(
    "s3-new-object-key",
    on=("s3:CopyObject", "s3:CreateMultipartUpload", "s3:PutObject", "s3:UploadPart", "s3:UploadPartCopy"),
    code="AccessDenied",
    status=403,
    source=f"{_SOURCE}; API model of S3, UploadPart, Permissions",
)
def new_object_key(request: Request) -> Iterable[KeyUse]:
    """Writing an object needs kms:GenerateDataKey via S3 for its key, writing a part kms:Decrypt too."""
    actions = (DECRYPT, GENERATE) if request.operation.startswith("UploadPart") else (GENERATE,)
    yield from _of_new_object(request, *actions)


@caller_key_rule(
    "s3-complete-upload-key",
    on=("s3:CompleteMultipartUpload",),
    code="AccessDenied",
    status=403,
    source="API model of S3, CompleteMultipartUpload: with a checksum, permission to use kms:Decrypt is needed",
)
def complete_upload_key(request: Request) -> Iterable[KeyUse]:
    """Completing a multipart upload with checksums needs kms:Decrypt via S3 for the object's key."""
    parts = request.get("MultipartUpload", {}).get("Parts", [])
    if any(name.startswith("Checksum") for one in (request.parameters, *parts) for name in one):
        yield from _of_new_object(request, DECRYPT)


def _of_new_object(request: Request, *actions: str) -> Iterable[KeyUse]:
    bucket, name = request.get("Bucket"), request.get("Key")
    owner = bucket_owner(bucket)
    if owner is None:
        return
    key = request.get("SSEKMSKeyId") or _default(bucket, owner).get("KMSMasterKeyID")
    if key and request.get("ServerSideEncryption") != "AES256":
        yield use(request, key, *actions, context=_context(bucket, name, owner), account=owner)


def _rule(bucket: str, owner: str) -> Mapping[str, Any]:
    rules = (s3_backends[owner]["aws"].buckets[bucket].encryption or {}).get("Rule") or {}
    rule: Mapping[str, Any] = rules[0] if isinstance(rules, list) else rules
    return rule


def _default(bucket: str, owner: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _rule(bucket, owner).get("ApplyServerSideEncryptionByDefault") or {}
    return found


def _context(bucket: str, name: str, owner: str) -> dict[str, str]:
    # With an S3 Bucket Key, the bucket's ARN is the encryption context.
    of_bucket = str(_rule(bucket, owner).get("BucketKeyEnabled")).lower() == "true"
    return {"aws:s3:arn": f"arn:aws:s3:::{bucket}" + ("" if of_bucket else f"/{name}")}


RULES: tuple[Rule, ...] = (object_key, new_object_key, complete_upload_key)
