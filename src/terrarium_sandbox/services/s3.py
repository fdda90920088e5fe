"""S3: policies that deny only what they deny, delete markers that can go, buckets that say whom they tell."""

import json
from typing import Any, cast

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.s3_delete_objects import install_delete_objects
from terrarium_sandbox.services.s3_encoded_keys import install_encoded_keys

__all__ = ["install"]

_EVERYBODY = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def install(sandbox: Sandbox) -> None:
    """Correct moto's S3."""
    FakeBucket.get_permission = _get_permission  # type: ignore[assignment,method-assign] # the point of it
    # moto ends every version by this once versioning is suspended, and forgot that a delete marker is one.
    FakeDeleteMarker.dispose = _hold_nothing  # type: ignore[attr-defined] # the point of it
    install_delete_objects(sandbox)
    install_encoded_keys()
    _lock_buckets_with_objects()
    _say_that_buckets_tell_eventbridge()


def _say_that_buckets_tell_eventbridge() -> None:
    """Moto knows that a bucket does, and did not say so when asked: Terraform's every plan turned it on again."""
    get = S3Response.get_bucket_notification

    def get_with_eventbridge(self: S3Response) -> TYPE_RESPONSE:
        notifications = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if notifications is None or notifications.event_bridge is None:
            return get(self)
        serialized = self.serialized

        def serialized_with_eventbridge(action_result: ActionResult) -> TYPE_RESPONSE:
            result = cast("dict[str, Any]", action_result.result)
            return serialized(ActionResult({**result, "EventBridgeConfiguration": {}}))

        self.serialized = serialized_with_eventbridge  # type: ignore[method-assign] # of this one answer
        return get(self)

    S3Response.get_bucket_notification = get_with_eventbridge  # type: ignore[method-assign] # the point of it


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
