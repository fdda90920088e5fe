"""CloudTrail: trails by their ARN, event selectors, event history; changes of trails are sent to EventBridge."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from itertools import islice
from typing import Any

from moto.cloudtrail.exceptions import S3BucketDoesNotExistException
from moto.cloudtrail.models import CloudTrailBackend, Trail, TrailStatus, cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError
from moto.s3.models import s3_backends

from terrarium_sandbox.authorization.decision import ResourcePolicy, decide_service
from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox
from terrarium_sandbox.services.event_history import EventHistory
from terrarium_sandbox.services.events.service_events import ServiceEvents

__all__ = ["install"]

_PRINCIPAL = "cloudtrail.amazonaws.com"
# Methods of moto's backend by the operation that calls them: the operations that change a trail.
_CHANGES = {
    "delete_trail": "DeleteTrail",
    "put_event_selectors": "PutEventSelectors",
    "put_insight_selectors": "PutInsightSelectors",
    "stop_logging": "StopLogging",
    "update_trail": "UpdateTrail",
}


def install(sandbox: Sandbox) -> None:
    """Correct moto's answers for Terraform, which names a trail by its ARN, and publish changes of trails."""
    description = Trail.description
    delete_trail = CloudTrailBackend.delete_trail
    describe_trails = CloudTrailBackend.describe_trails
    event_selectors = CloudTrailBackend.get_event_selectors
    status = TrailStatus.description

    def full_description(self: Trail, include_region: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - moto's
        selected = bool(self.event_selectors or self.advanced_event_selectors)
        return {**description(self, include_region), "HasCustomEventSelectors": selected}

    def delete_known_trail(self: CloudTrailBackend, name: str) -> None:
        delete_trail(self, self.get_trail(name).trail_name)

    def describe_named_trails(self: CloudTrailResponse) -> str:
        names = set(self._get_param("trailNameList") or [])
        trails = self.cloudtrail_backend.describe_trails(
            self._get_bool_param("includeShadowTrails", if_none=True)
        )
        return json.dumps(
            {
                "trailList": [
                    trail.description(include_region=True)
                    for trail in trails
                    if not names or names & {trail.arn, trail.trail_name}
                ]
            }
        )

    def check_bucket(self: Trail) -> None:
        _check_bucket(self, policies=sandbox.iam_enforced)

    def visible_trails(self: CloudTrailBackend, include_shadow_trails: bool) -> list[Trail]:  # noqa: FBT001 - moto's
        own = list(describe_trails(self, include_shadow_trails))
        return [*own, *_organization_trails(self)] if include_shadow_trails else own

    def visible_selectors(self: CloudTrailBackend, trail_name: str) -> tuple[str, list[Any], list[Any]]:
        for trail in _organization_trails(self):
            if trail.arn == trail_name:
                return trail.arn, *trail.get_event_selectors()
        return event_selectors(self, trail_name)

    def undelivered_status(self: TrailStatus) -> dict[str, Any]:
        return {name: value for name, value in status(self).items() if not name.startswith("LatestDelivery")}

    patch(
        TrailStatus,
        "description",
        undelivered_status,
        reason="moto reports deliveries of log files that never happened.",
    )
    patch(
        Trail,
        "description",
        full_description,
        reason="moto returns HasCustomEventSelectors as false for every trail.",
    )
    patch(
        CloudTrailBackend, "delete_trail", delete_known_trail, reason="moto does not find a trail by its ARN."
    )
    patch(CloudTrailResponse, "describe_trails", describe_named_trails, reason="moto ignores trailNameList.")
    for name, replacement in (
        ("describe_trails", visible_trails),
        ("get_event_selectors", visible_selectors),
    ):
        patch(
            CloudTrailBackend,
            name,
            replacement,
            reason="moto shows an organization's trail to its own account only.",
        )
    patch(
        Trail,
        "check_bucket_exists",
        check_bucket,
        reason="moto looks for the bucket in the trail's account only, and does not read the bucket's policy.",
    )
    _install_history(sandbox)
    events = ServiceEvents(sandbox)
    for method, operation in _CHANGES.items():
        patch(
            CloudTrailBackend,
            method,
            _published(getattr(CloudTrailBackend, method), operation, events=events),
            reason="moto sends no event to EventBridge when a trail changes.",
        )


def _check_bucket(trail: Trail, *, policies: bool) -> None:
    """Refuse a trail whose bucket, in any account, does not exist or does not let CloudTrail write its log files.

    Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail", on buckets of other accounts.
    """
    account = s3_backends.bucket_accounts.get(trail.bucket_name)
    bucket = account and s3_backends[account[1]][trail.partition].buckets.get(trail.bucket_name)
    if not bucket:
        raise S3BucketDoesNotExistException(f"S3 bucket {trail.bucket_name} does not exist!")
    if not policies:
        return
    question = Question(
        action="s3:PutObject",
        resource=f"arn:{trail.partition}:s3:::{trail.bucket_name}/AWSLogs/{trail.account_id}/log",
        context={
            "aws:sourcearn": (trail.arn,),
            "aws:sourceaccount": (trail.account_id,),
            "aws:securetransport": ("true",),
            "s3:x-amz-acl": ("bucket-owner-full-control",),
        },
    )
    policy = Policy.parse(json.loads(bucket.policy)) if bucket.policy else None
    found = ResourcePolicy(policy=policy, account=bucket.account_id) if policy else None
    if not decide_service(_PRINCIPAL, question, found).allowed:
        raise InsufficientS3BucketPolicyError(trail.bucket_name)


class InsufficientS3BucketPolicyError(JsonRESTError):
    """CreateTrail's error for a bucket that CloudTrail may not write to."""

    code = 400

    def __init__(self, bucket: str) -> None:
        super().__init__(
            "InsufficientS3BucketPolicyException",
            f"Incorrect S3 bucket policy is detected for bucket: {bucket}",
        )


def _organization_trails(backend: CloudTrailBackend) -> list[Trail]:
    """Return the organization's trails of other accounts: every account of the sandbox belongs to one organization.

    Member accounts see them, and name them by their ARN. Source: AWS CloudTrail User Guide, "Creating a trail for an
    organization".
    """
    return [
        trail
        for account, regions in cloudtrail_backends.items()
        if account != backend.account_id
        for region, other in regions.items()
        for trail in other.trails.values()
        if trail.is_org_trail and (trail.is_multi_region or region == backend.region_name)
    ]


def _install_history(sandbox: Sandbox) -> None:
    history = EventHistory()
    sandbox.on_call(history.record)
    sandbox.keep("event_history", dump=history.dump, load=history.load)

    def lookup_events(self: CloudTrailResponse) -> str:
        """Return a page of events, the latest first."""
        attributes = self._get_param("LookupAttributes") or []
        start, end = self._get_param("StartTime"), self._get_param("EndTime")
        first = int(self._get_param("NextToken") or 0)
        size = self._get_param("MaxResults") or 50

        def keep(event: Mapping[str, Any]) -> bool:
            after = start is None or event["EventTime"] >= float(start)
            before = end is None or event["EventTime"] <= float(end)
            return after and before and all(_has(event, **attribute) for attribute in attributes)

        found = history.lookup(account=self.current_account, region=self.region, keep=keep)
        page = list(islice(found, first, first + size + 1))
        more = {"NextToken": str(first + size)} if len(page) > size else {}
        return json.dumps({"Events": page[:size], **more})

    patch(CloudTrailResponse, "lookup_events", lookup_events, reason="moto has no event history.", adds=True)


def _has(event: Mapping[str, Any], *, AttributeKey: str, AttributeValue: str) -> bool:  # noqa: N803 - AWS' names
    return event.get(AttributeKey) == AttributeValue


def _published(method: Callable[..., Any], operation: str, *, events: ServiceEvents) -> Callable[..., Any]:
    """Return a method that also sends its call to EventBridge if a trail records it.

    Source: Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail": a trail with logging
    enabled is needed. The call that stops logging is recorded, too.
    """

    @wraps(method)
    def publish(self: CloudTrailBackend, *arguments: Any, **keywords: Any) -> Any:
        recorded = any(trail.status.is_logging for trail in self.trails.values())
        answer = method(self, *arguments, **keywords)
        if recorded:
            name = arguments[0] if arguments else next(iter(keywords.values()))
            events.publish(
                account=self.account_id,
                region=self.region_name,
                source="aws.cloudtrail",
                kind="AWS API Call via CloudTrail",
                resources=[],
                detail=lambda: {
                    "eventSource": "cloudtrail.amazonaws.com",
                    "eventName": operation,
                    "eventTime": datetime.now(UTC).isoformat(timespec="seconds"),
                    "awsRegion": self.region_name,
                    "recipientAccountId": self.account_id,
                    "requestParameters": {"name": name},
                },
            )
        return answer

    return publish
