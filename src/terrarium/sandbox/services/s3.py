"""S3: bucket policies that do not deny what they only deny under a condition, and delete markers that can go."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend

from terrarium.sandbox.host import Sandbox

__all__ = ["install"]

_EVERYBODY = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's S3."""
    FakeBucket.get_permission = _get_permission  # type: ignore[assignment,method-assign] # the point of it
    # moto ends every version by this once versioning is suspended, and forgot that a delete marker is one.
    FakeDeleteMarker.dispose = _hold_nothing  # type: ignore[attr-defined] # the point of it
    _lock_buckets_with_objects()


def _lock_buckets_with_objects() -> None:
    """Moto changes the object lock of empty buckets only; AWS of any, and Terraform does before it destroys one."""
    put = S3Backend.put_object_lock_configuration

    def put_whatever_it_holds(self: S3Backend, bucket_name: str, *rest: Any, **named: Any) -> None:
        bucket = self.get_bucket(bucket_name)
        objects, bucket.keys = bucket.keys, type(bucket.keys)()
        try:
            put(self, bucket_name, *rest, **named)
        finally:
            bucket.keys = objects

    S3Backend.put_object_lock_configuration = put_whatever_it_holds  # type: ignore[method-assign] # the point of it


def _hold_nothing(marker: FakeDeleteMarker) -> None:
    """A delete marker holds no content that could be given up."""


def _get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Moto takes every statement as if it had no condition, so "deny what is not TLS" denied everything.

    Only what holds for everybody under all conditions is decided here.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy: dict[str, Any] = json.loads(bucket.policy)
    statements = policy["Statement"]
    policy["Statement"] = [
        statement
        for statement in (statements if isinstance(statements, list) else [statements])
        if not statement.get("Condition") and statement.get("Principal") in _EVERYBODY
    ]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)
