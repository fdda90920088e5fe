"""Audit: every call is recorded, and the record cannot be changed unnoticed."""

from collections.abc import Iterator

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import listed

__all__ = ["POLICIES"]

# Arguments of a trail that must be true: otherwise it is incomplete, or can be changed unnoticed.
_COMPLETE = ("enable_log_file_validation", "include_global_service_events", "is_multi_region_trail")
_OBJECTS = {"eventCategory": ["Data"], "resources.type": ["AWS::S3::Object"]}


def _incomplete_trails(stack: Stack) -> Iterator[Violation]:
    trails = list(stack.resources("aws_cloudtrail"))
    if not trails and stack.switched_on("audit") and not _recorded_by_organization(stack):
        yield Violation(stack.whole(), "there is no audit trail: calls in the account are not recorded")
    for trail in trails:
        lacking = [argument for argument in _COMPLETE if trail.attributes.get(argument) is not True]
        if lacking:
            yield Violation(
                trail, f"it is incomplete or can be changed unnoticed: {', '.join(lacking)} not true"
            )
        if trail.attributes.get("enable_logging") is False:
            yield Violation(trail, "it is switched off")
        if {"eventCategory": ["Management"]} not in [equal for equal, _ in _selections(trail)]:
            yield Violation(trail, "it does not record management events of the account")


def _unwatched_objects(stack: Stack) -> Iterator[Violation]:
    if not stack.switched_on("audit"):
        return
    trails = list(stack.resources("aws_cloudtrail"))
    watched = [
        start
        for trail in trails
        for equal, starts in _selections(trail)
        if equal == _OBJECTS
        for start in starts
    ]
    if _recorded_by_organization(stack):
        return
    for bucket in stack.resources("aws_s3_bucket"):
        # Recording the trail's own bucket would produce a log for each log.
        if any(trail.refers_to("s3_bucket_name", bucket) for trail in trails):
            continue
        arns = (f"${{{bucket.address}.arn}}/", stack.arn(f"arn:aws:s3:::{bucket.attributes.get('bucket')}/"))
        if not any(start in arns for start in watched):
            yield Violation(bucket, "reads and writes of its objects are not recorded")


def _recorded_by_organization(stack: Stack) -> bool:
    """Return whether a trail of the organization records the account, which `terrarium verify` checks."""
    configuration = stack.document.get("output", {}).get("configuration", {}).get("value", {})
    return bool(configuration.get("audit", {}).get("trail") == "organization")


def _selections(trail: Resource) -> Iterator[tuple[dict[str, list[str]], list[str]]]:
    """Yield for each selector the values that fields must equal, and the prefixes of the resources' ARNs."""
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
        "Every call in the account is recorded, and the record cannot be changed unnoticed",
        'keep modules/audit_trail.py in the stack, unchanged; or set audit.trail to "organization" if a trail of the '
        "organization records the account",
        _incomplete_trails,
    ),
    Policy(
        "object-audit",
        "Every read and write of the platform's objects is recorded",
        "add the bucket to those of `AuditTrail` in stacks/platform.py",
        _unwatched_objects,
        # Access logs are late, incomplete and unsigned. The events of a trail are complete and signed.
        answers=frozenset({"CKV_AWS_18"}),
    ),
)
