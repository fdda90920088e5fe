"""S3: conditions of bucket policies, deletion of delete markers, notifications, object lock."""

import json
from typing import Any, cast

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend
from moto.s3.responses import S3Response

from terrarium_sandbox.patches import patch, wrap

__all__ = ["correct_s3"]

_EVERYBODY = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def correct_s3() -> None:
    """Correct moto's S3."""
    patch(
        FakeBucket,
        "get_permission",
        _get_permission,
        reason="moto ignores the conditions of bucket policies, so a policy that denies plain HTTP denies everything.",
    )
    patch(
        FakeDeleteMarker,
        "dispose",
        _dispose_nothing,
        reason="moto disposes of every version once versioning is suspended; its delete markers have no such method.",
        adds=True,
    )
    _lock_buckets_with_objects()
    _return_eventbridge_configuration()


def _return_eventbridge_configuration() -> None:
    """Return `EventBridgeConfiguration`; without it, every plan of Terraform turns it on again."""

    @wrap(
        S3Response,
        "serialized",
        reason="moto's GetBucketNotificationConfiguration has no EventBridgeConfiguration.",
    )
    def serialize_with_eventbridge(
        original: Any, response: S3Response, action_result: ActionResult
    ) -> TYPE_RESPONSE:
        result = action_result.result  # an exception, if the request failed
        action = response.data.get("Action")
        if action == "GetBucketNotificationConfiguration" and isinstance(result, dict):
            notifications = response.backend.get_bucket_notification_configuration(response.bucket_name)
            if notifications is not None and notifications.event_bridge is not None:
                action_result = ActionResult({**result, "EventBridgeConfiguration": {}})
        return cast("TYPE_RESPONSE", original(response, action_result))


def _lock_buckets_with_objects() -> None:
    """Change the object lock of buckets with objects, as Terraform does before it destroys one."""
    put = S3Backend.put_object_lock_configuration

    def put_for_buckets_with_objects(self: S3Backend, bucket_name: str, *rest: Any, **named: Any) -> None:
        bucket = self.get_bucket(bucket_name)
        objects, bucket.keys = bucket.keys, type(bucket.keys)()
        try:
            put(self, bucket_name, *rest, **named)
        finally:
            bucket.keys = objects

    patch(
        S3Backend,
        "put_object_lock_configuration",
        put_for_buckets_with_objects,
        reason="moto changes the object lock of empty buckets only.",
    )


def _dispose_nothing(marker: FakeDeleteMarker) -> None:
    """Do nothing: a delete marker has no content."""


def _get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Return the effect of the statements without conditions and for all principals; IAM decides the others.

    moto ignores conditions: a statement that denies requests without TLS would deny all requests.
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
