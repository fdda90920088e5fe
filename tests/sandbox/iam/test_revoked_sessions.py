"""Sessions by the time at which they were issued, and CloudTrail's history of their calls."""

import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, refused

_ACCOUNT = "111111111111"


@pytest.fixture
def role_arn(enforcing: LocalSandbox) -> str:
    """A role that everybody in the account may assume, and that may list users."""
    iam = enforcing.client("iam", "dev")
    name = f"role-{uuid.uuid4().hex}"
    principal = {"AWS": f"arn:aws:iam::{_ACCOUNT}:root"}
    arn: str = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=_policy("Allow", Action="sts:AssumeRole", Principal=principal),
    )["Role"]["Arn"]
    allowed = _policy("Allow", Action="iam:ListUsers", Resource="*")
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=allowed)
    return arn


def _policy(effect: str, **statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": effect, **statement}})


def _events(session: Session, **attribute: str) -> list[dict[str, Any]]:
    trail = session.sandbox.client("cloudtrail", "dev")
    pages = trail.get_paginator("lookup_events").paginate(
        LookupAttributes=[{"AttributeKey": key, "AttributeValue": value} for key, value in attribute.items()],
        PaginationConfig={"PageSize": 1},
    )
    return [event for page in pages for event in page["Events"]]


def test_a_session_that_was_issued_before_the_time_is_denied_and_a_new_one_is_not(
    enforcing: LocalSandbox, role_arn: str
) -> None:
    older = as_person(enforcing, "dev", role_arn)
    older.client("iam").list_users()
    time.sleep(1.1)  # the time of issue is in seconds
    revoked = datetime.now(UTC).isoformat(timespec="seconds")
    enforcing.client("iam", "dev").put_role_policy(
        RoleName=role_arn.partition("/")[2],
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=_policy(
            "Deny", Action="*", Resource="*", Condition={"DateLessThan": {"aws:TokenIssueTime": revoked}}
        ),
    )
    with refused("iam:ListUsers", because="explicit deny"):
        older.client("iam").list_users()
    as_person(enforcing, "dev", role_arn).client("iam").list_users()


def test_the_history_has_the_calls_of_a_session_with_denied_ones_the_latest_first(
    enforcing: LocalSandbox, role_arn: str
) -> None:
    session = as_person(enforcing, "dev", role_arn, name="ada")
    session.client("sts").get_caller_identity()
    with pytest.raises(ClientError):
        session.client("kms").list_keys()
    events = _events(session, AccessKeyId=session.access_key_id)
    assert [(event["EventName"], event["Username"]) for event in events] == [
        ("ListKeys", "ada"),
        ("GetCallerIdentity", "ada"),
    ]
    records = [json.loads(event["CloudTrailEvent"]) for event in events]
    assert [record.get("errorCode") for record in records] == ["AccessDeniedException", None]
    assert records[0]["userIdentity"]["arn"].endswith("/ada")


def test_the_history_has_no_data_events_and_survives_a_restart(
    enforcing: LocalSandbox, role_arn: str
) -> None:
    s3 = enforcing.client("s3", "dev")
    s3.create_bucket(Bucket="history", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="history", Key="data", Body=b"data")
    enforcing.command("down")
    enforcing.command("up")
    session = as_person(enforcing, "dev", role_arn)
    assert len(_events(session, EventName="CreateBucket")) == 1
    assert not _events(session, EventName="PutObject")
