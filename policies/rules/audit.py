"""Audit: who did what is on record, and the record cannot be bent."""

from collections.abc import Iterator

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import listed

__all__ = ["POLICIES"]

# Arguments of a trail without which it leaves something out, or could be changed unnoticed.
_COMPLETE = ("enable_log_file_validation", "include_global_service_events", "is_multi_region_trail")
_OBJECTS = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]}


def _incomplete_trails(stack: Stack) -> Iterator[Violation]:
    trails = list(stack.resources("aws_cloudtrail"))
    if not trails:
        yield Violation(stack.whole(), "nobody can tell afterwards who did what: no audit trail")
    for trail in trails:
        lacking = [argument for argument in _COMPLETE if trail.attributes.get(argument) is not True]
        if lacking:
            yield Violation(trail, f"it leaves something out, or can be bent: {', '.join(lacking)} not true")
        if trail.attributes.get("enable_logging") is False:
            yield Violation(trail, "it is switched off")
        if {"eventCategory": ["Management"]} not in [equal for equal, _ in _selections(trail)]:
            yield Violation(trail, "it leaves out calls of the account")


def _unwatched_objects(stack: Stack) -> Iterator[Violation]:
    trails = list(stack.resources("aws_cloudtrail"))
    watched = [
        start
        for trail in trails
        for equal, starts in _selections(trail)
        if equal == _OBJECTS
        for start in starts
    ]
    for bucket in stack.resources("aws_s3_bucket"):
        # Were a trail's own bucket watched, each log would make another.
        if any(trail.refers_to("s3_bucket_name", bucket) for trail in trails):
            continue
        arns = (f"${{{bucket.address}.arn}}/", f"arn:aws:s3:::{bucket.attributes.get('bucket')}/")
        if not any(start in arns for start in watched):
            yield Violation(bucket, "nobody can tell afterwards who read or changed its objects")


def _selections(trail: Resource) -> Iterator[tuple[dict[str, list[str]], list[str]]]:
    """What each selector asks events to equal, by field, and how their resources' ARNs must start."""
    for selector in trail.blocks("advanced_event_selector"):
        fields = [
            field for field in selector.get("field_selector") or [] if field.get("field") != "resources.ARN"
        ]
        starts = [
            start
            for field in selector.get("field_selector") or []
            if field not in fields
            for start in listed(field.get("starts_with"))
        ]
        yield {str(field["field"]): listed(field.get("equals")) for field in fields}, starts


POLICIES = (
    Policy(
        "audit-trail",
        "Every call in the account is on record, and the record cannot be bent",
        "keep modules/audit_trail.py in the stack, as it is",
        _incomplete_trails,
    ),
    Policy(
        "object-audit",
        "Every read and write of the platform's objects is on record",
        "name the bucket among those of `AuditTrail` in stacks/platform.py",
        _unwatched_objects,
        # Access logs are late, incomplete and unsigned; a trail's events are none of these.
        answers=frozenset({"CKV_AWS_18"}),
    ),
)
