"""Check of the organization's trail, where the environment has none of its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from operations.synthesized import Resource
from terrarium.verification.check import CheckFailedError, Observation

if TYPE_CHECKING:
    import boto3

__all__ = ["TRAIL_CAUSE", "check_organization_trail"]

TRAIL_CAUSE = (
    "the security account changed the organization's trail, or the organization has none: ask its owners, or set "
    'audit.trail to "own"'
)


def check_organization_trail(stack: Sequence[Resource], session: "boto3.Session") -> Observation:
    """Check that a trail of the organization records every call, and every read and write of the buckets.

    Member accounts see it, by its ARN. Source: AWS CloudTrail User Guide, "Creating a trail for an organization".

    Raises:
        CheckFailedError: There is none, or it is incomplete.
    """
    cloudtrail = session.client("cloudtrail")
    trails = [
        trail
        for trail in cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
        if trail.get("IsOrganizationTrail")
    ]
    if not trails:
        raise CheckFailedError("no trail of the organization records this account")
    buckets = [str(one.attributes["bucket"]) for one in stack if one.kind == "aws_s3_bucket"]
    problems = {trail["TrailARN"]: list(_problems(cloudtrail, trail, buckets=buckets)) for trail in trails}
    complete = [arn for arn, found in problems.items() if not found]
    if not complete:
        raise CheckFailedError("; ".join(f"{arn}: {', '.join(found)}" for arn, found in problems.items()))
    return Observation(f"{complete[0]} records calls, and objects of {len(buckets)} buckets")


def _problems(cloudtrail: Any, trail: Mapping[str, Any], *, buckets: Sequence[str]) -> Iterator[str]:
    for member, name in (
        ("IsMultiRegionTrail", "one region only"),
        ("IncludeGlobalServiceEvents", "without events of global services"),
        ("LogFileValidationEnabled", "log files are not signed"),
    ):
        if not trail.get(member):
            yield name
    if not cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]:
        yield "it is switched off"
    found = cloudtrail.get_event_selectors(TrailName=trail["TrailARN"])
    selections = [list(_fields(one)) for one in found.get("AdvancedEventSelectors") or []]
    basic = found.get("EventSelectors") or []
    if not (
        any(("eventCategory", "Equals", "Management") in one and len(one) == 1 for one in selections)
        or any(one.get("IncludeManagementEvents") and one.get("ReadWriteType") == "All" for one in basic)
        or not (selections or basic)  # the default: all management events
    ):
        yield "calls are not recorded, or not all"
    missing = [bucket for bucket in buckets if not _records_objects(bucket, selections, basic)]
    if missing:
        yield f"reads and writes of objects are not recorded in {', '.join(missing)}"


def _fields(selector: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for field in selector["FieldSelectors"]:
        for operator, values in field.items():
            if operator != "Field":
                yield from ((field["Field"], operator, value) for value in values)


def _records_objects(
    bucket: str, selections: Sequence[list[tuple[str, str, str]]], basic: Sequence[Mapping[str, Any]]
) -> bool:
    for fields in selections:
        if ("resources.type", "Equals", "AWS::S3::Object") not in fields:
            continue
        rest = [one for one in fields if one[0] not in ("eventCategory", "resources.type")]
        arns = [
            value for name, operator, value in rest if (name, operator) == ("resources.ARN", "StartsWith")
        ]
        if not rest or (
            len(arns) == len(rest)
            and any(f":::{bucket}/".startswith(arn.partition(":s3")[2]) for arn in arns)
        ):
            return True
    return any(
        data["Type"] == "AWS::S3::Object"
        and any(f":::{bucket}/".startswith(value.partition(":s3")[2]) for value in data.get("Values", []))
        for one in basic
        if one.get("ReadWriteType") == "All"
        for data in one.get("DataResources", [])
    )
