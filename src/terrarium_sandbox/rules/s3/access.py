"""Rules of S3 about access control lists and bucket policies."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from terrarium_sandbox.rules.iam.trust import missing_principal
from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_GRANTS = ("GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_POLICY_BYTES = 20 * 1024


@rule(
    "acl-where-the-bucket-owner-is-enforced",
    on=("s3:CopyObject", "s3:CreateMultipartUpload", "s3:PutBucketAcl", "s3:PutObject", "s3:PutObjectAcl"),
    code="AccessControlListNotSupported",
    source="Amazon S3 User Guide, Controlling ownership of objects: ACLs are disabled with bucket owner enforced",
)
def acl_where_the_bucket_owner_is_enforced(request: Request) -> str | None:
    """A bucket with the ownership BucketOwnerEnforced accepts no ACL except bucket-owner-full-control."""
    bucket = _bucket(request)
    if bucket is None or bucket.ownership_rule != "BucketOwnerEnforced":
        return None
    granted = any(request.get(name) for name in _GRANTS) or request.get("AccessControlPolicy") is not None
    if not granted and request.get("ACL", "bucket-owner-full-control") == "bucket-owner-full-control":
        return None
    return "The bucket does not allow ACLs"


@rule(
    "bucket-policy-is-json",
    on=("s3:PutBucketPolicy",),
    code="MalformedPolicy",
    source="Amazon S3 API Reference, Error responses, MalformedPolicy",
)
def bucket_policy_is_json(request: Request) -> str | None:
    """The policy of a bucket is a JSON document of at most 20 KB."""
    text = request.get("Policy", "")
    if len(text.encode()) > _POLICY_BYTES:
        return f"Policy exceeds the maximum allowed document size of {_POLICY_BYTES} bytes."
    try:
        json.loads(text)
    except ValueError:
        return "Policies must be valid JSON and the first byte must be '{'"
    return None


@rule(
    "bucket-policy-names-its-bucket",
    on=("s3:PutBucketPolicy",),
    code="MalformedPolicy",
    source="Amazon S3 User Guide, Policies and permissions: the resource is the bucket or objects in it; "
    "the error's text in several public issues",
)
def bucket_policy_names_its_bucket(request: Request) -> str | None:
    """Every resource that a bucket's policy names must be the bucket or an object in it."""
    arn = f"arn:aws:s3:::{request.get('Bucket')}"
    for statement in _statements(request):
        for resource in _as_list(statement.get("Resource", [])):
            if resource != arn and not resource.startswith(f"{arn}/") and not _may_be(resource, arn):
                return "Policy has invalid resource"
    return None


@rule(
    "bucket-policy-has-principals",
    on=("s3:PutBucketPolicy",),
    code="MalformedPolicy",
    source="IAM JSON policy elements, Principal: required in resource-based policies",
)
def bucket_policy_has_principals(request: Request) -> str | None:
    """Every statement of a bucket's policy must have a principal."""
    if all("Principal" in one or "NotPrincipal" in one for one in _statements(request)):
        return None
    return "Missing required field Principal"


@rule(
    "bucket-policy-principals-must-exist",
    on=("s3:PutBucketPolicy",),
    code="MalformedPolicy",
    source="Amazon S3 User Guide, Principals for bucket policies; the error Invalid principal in policy",
)
def bucket_policy_principals_must_exist(request: Request) -> str | None:
    """The roles and users of the account that a bucket's policy names as principals must exist."""
    iam = iam_backends[request.account]["aws"]
    document = {"Statement": _statements(request)}
    missing = missing_principal(document, request.account, iam)
    return None if missing is None else "Invalid principal in policy"


@rule(
    "public-bucket-policy-is-blocked",
    on=("s3:PutBucketPolicy",),
    code="AccessDenied",
    status=403,
    source="Amazon S3 User Guide, Blocking public access to your Amazon S3 storage, BlockPublicPolicy",
)
def public_bucket_policy_is_blocked(request: Request) -> str | None:
    """A bucket with BlockPublicPolicy accepts no policy that grants access to everybody without a condition."""
    bucket = _bucket(request)
    block = None if bucket is None else bucket.public_access_block
    if block is None or str(block.block_public_policy).lower() != "true":
        return None
    public = any(
        statement.get("Effect") == "Allow"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and not statement.get("Condition")
        for statement in _statements(request)
    )
    if not public:
        return None
    return (
        "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the "
        "BlockPublicPolicy setting in S3 Block Public Access."
    )


def _bucket(request: Request) -> Any:
    return request.backend(s3_backends).buckets.get(request.get("Bucket"))


def _statements(request: Request) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(request.get("Policy", ""))
    except ValueError:
        return []
    return list(_mappings(document.get("Statement", []))) if isinstance(document, Mapping) else []


def _mappings(found: Any) -> Iterator[Mapping[str, Any]]:
    for one in _as_list(found):
        if isinstance(one, Mapping):
            yield one


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _may_be(resource: str, arn: str) -> bool:
    """Return whether a resource with wildcards in the bucket's name can match the bucket."""
    start = resource.partition("*")[0].partition("?")[0]
    return start != resource and arn.startswith(start)


RULES: tuple[Rule, ...] = (
    acl_where_the_bucket_owner_is_enforced,
    bucket_policy_is_json,
    bucket_policy_has_principals,
    bucket_policy_names_its_bucket,
    bucket_policy_principals_must_exist,
    public_bucket_policy_is_blocked,
)
