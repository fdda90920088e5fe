"""Statements name actions that exist, on resources and under conditions that these support."""

import json
from typing import Any

import pytest

from policies.aws.arn_patterns import overlaps
from policies.aws.arns import ARN_FORMATS
from policies.aws.iam_actions import POLICIES
from policies.aws.service_authorization import resource_types
from tests.policies.aws.statement_stack import role_with

IAM_ACTION, IAM_RESOURCE_TYPE, IAM_CONDITION_KEY = POLICIES
NAMES = {"aws_kms_alias": "alias/x", "aws_ssm_parameter": "/x"}
BUCKET, OBJECT = "arn:aws:s3:::terrarium-dev-x", "arn:aws:s3:::terrarium-dev-x/*"
KEY = "arn:aws:kms:eu-central-1:111111111111:key/*"


@pytest.mark.parametrize(
    "action", ["s3:GetObjekt", "s3:GetObject ", "budgets:DescribeBudgets", "nosuch:Get", "s3:Xyz*"]
)
def test_an_action_that_does_not_exist_is_found(action: str) -> None:
    (found,) = IAM_ACTION.violations(role_with({"Sid": "One", "Action": ["s3:GetObject", action]}))
    assert found.problem == f"statement 'One': the action {action} does not exist"


@pytest.mark.parametrize("action", ["s3:GetObject", "S3:getobject", "s3:Get*", "s3:GetObj?ct", "*"])
def test_actions_are_compared_without_case_and_with_wildcards(action: str) -> None:
    assert list(IAM_ACTION.violations(role_with({"Action": action}))) == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", BUCKET),
        ("s3:ListBucket", OBJECT),
        ("ssm:DescribeParameters", "arn:aws:ssm:eu-central-1:111111111111:parameter/x"),
        ("sns:Unsubscribe", "arn:aws:sns:eu-central-1:111111111111:x"),
        ("batch:SubmitJob", "arn:aws:batch:eu-central-1:111111111111:compute-environment/x"),
    ],
)
def test_finds_an_action_without_a_supported_resource(action: str, resource: str) -> None:
    found = list(IAM_RESOURCE_TYPE.violations(role_with({"Action": action, "Resource": resource})))
    assert f"{action} does not support {resource}" in found[0].problem


def test_finds_a_resource_that_no_action_supports() -> None:
    stack = role_with({"Action": "s3:GetObject", "Resource": [OBJECT, BUCKET]})
    (found,) = IAM_RESOURCE_TYPE.violations(stack)
    assert found.problem.endswith(f"its actions do not support {BUCKET}")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        (["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECT]),
        ("s3:GetObject", "*"),
        ("s3:GetObject", "${aws_s3_bucket.one.arn}/experiments/*"),
        ("ssmmessages:OpenDataChannel", "arn:aws:ssm:*:*:session/$${aws:userid}-*"),
        ("ec2:Delete*", "arn:aws:ec2:eu-central-1:111111111111:*"),
    ],
)
def test_resources_that_fit_are_accepted(action: Any, resource: Any) -> None:
    stack = role_with({"Action": action, "Resource": resource}, aws_s3_bucket={"bucket": "terrarium-dev-x"})
    assert list(IAM_RESOURCE_TYPE.violations(stack)) == []


@pytest.mark.parametrize(
    ("action", "key", "supported"),
    [
        ("kms:Decrypt", "kms:ViaService", True),
        ("kms:Decrypt", "kms:EncryptionContext:aws:logs:arn", True),
        ("kms:DescribeKey", "kms:EncryptionContext:aws:logs:arn", False),
        ("kms:Decrypt", "aws:ResourceTag/environment", True),
        ("kms:Decrypt", "aws:RequestTag/environment", False),
        ("kms:TagResource", "aws:RequestTag/environment", True),
        ("kms:Decrypt", "aws:PrincipalArn", True),
        ("iam:PassRole", "iam:PassedToService", True),
        ("iam:PassRole", "sts:ExternalId", False),
    ],
)
def test_a_condition_that_never_holds_is_found(action: str, key: str, supported: bool) -> None:  # noqa: FBT001
    resource = KEY if action.startswith("kms") else "arn:aws:iam::111111111111:role/x"
    condition = {"Action": action, "Resource": resource, "Condition": {"StringEquals": {key: "x"}}}
    found = [violation.problem for violation in IAM_CONDITION_KEY.violations(role_with(condition))]
    assert found == ([] if supported else [f"statement '': {action} does not support {key}"])


def test_resource_policies_are_checked_too() -> None:
    """The key policy is the stacks' of before: DescribeKey has no encryption context, so that nothing allowed it."""
    key = {
        "Sid": "CloudWatchLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logs.eu-central-1.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-central-1:111111111111:*"}
        },
    }
    bucket = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": BUCKET}
    stack = role_with(
        aws_kms_key={"policy": json.dumps({"Statement": [key]})},
        aws_s3_bucket_policy={"policy": json.dumps({"Statement": bucket})},
    )
    (condition,) = IAM_CONDITION_KEY.violations(stack)
    assert "CloudWatchLogs': kms:DescribeKey does not support kms:EncryptionContext" in condition.problem
    assert {found.resource.kind for found in IAM_RESOURCE_TYPE.violations(stack)} == {"aws_s3_bucket_policy"}


@pytest.mark.parametrize(
    "operator", ["StringEqualsIfExists", "ForAllValues:StringEquals", "StringNotEquals", "Null"]
)
def test_operators_that_pass_without_the_key_are_accepted(operator: str) -> None:
    condition = {"Action": "kms:Decrypt", "Resource": KEY, "Condition": {operator: {"sts:ExternalId": "x"}}}
    assert list(IAM_CONDITION_KEY.violations(role_with(condition))) == []


@pytest.mark.parametrize(
    ("form", "pattern", "fits"),
    [
        ("arn:${Partition}:s3:::${BucketName}", "arn:aws:s3:::a*", True),
        ("arn:${Partition}:s3:::${BucketName}", "arn:aws:s3:::a/b", False),
        ("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "arn:aws:s3:::a", False),
        ("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "arn:aws:s3:::a/b/c*", True),
        ("arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "arn:aws:iam::1:role/a/b", True),
        ("arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "arn:aws:iam::1:r?le/*", True),
        ("arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "arn:aws:iam::1:user/a", False),
    ],
)
def test_patterns_and_forms_overlap_where_an_arn_fits_both(form: str, pattern: str, fits: bool) -> None:  # noqa: FBT001
    assert overlaps(form, pattern) is fits


@pytest.mark.parametrize("kind", ARN_FORMATS)
def test_the_arns_of_resources_have_forms_that_aws_publishes(kind: str) -> None:
    arn = ARN_FORMATS[kind].format(region="eu-central-1", account="111111111111", name=NAMES.get(kind, "x"))
    assert any(overlaps(form.arn, arn) for form in resource_types(arn.split(":")[2]).values())
