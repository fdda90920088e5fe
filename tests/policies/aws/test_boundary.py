"""Every permission of a role lies within its permissions boundary."""

from typing import Any

import pytest

from policies.aws.boundary import POLICIES
from policies.stack import Stack
from tests.policies.aws.statement_stack import role_with

(OUTSIDE_BOUNDARY,) = POLICIES
ROLE = "arn:aws:iam::111111111111:role/terrarium-dev-job"


REFERENCE = "${aws_iam_policy.bound.arn}"
BOUNDARY = "arn:aws:iam::111111111111:policy/terrarium-dev-boundary"


def stack(granted: dict[str, Any], *bounds: dict[str, Any], boundary: str = REFERENCE) -> Stack:
    return role_with(granted, boundary=boundary, bounds=bounds)


def problems(found: Stack) -> list[str]:
    return [violation.problem for violation in OUTSIDE_BOUNDARY.violations(found)]


@pytest.mark.parametrize(
    ("granted", "bound"),
    [
        ({"Action": "s3:GetObject"}, {"Action": "s3:*"}),
        ({"Action": "S3:getobject"}, {"Action": "s3:Get*"}),
        ({"Action": ["s3:GetObject", "s3:PutObject"]}, {"Action": ["s3:G*", "s3:Put?bject"]}),
        (
            {"Action": "iam:PassRole", "Resource": ROLE},
            {"Action": "iam:PassRole", "Resource": f"{ROLE[:-3]}*"},
        ),
        (
            {"Action": "iam:PassRole", "Resource": "${aws_iam_role.role.arn}"},
            {"Action": "iam:*", "Resource": ROLE},
        ),
        ({"Effect": "Deny", "Action": "sns:*"}, {"Action": "s3:*"}),
    ],
)
def test_accepts_what_the_boundary_allows(granted: dict[str, Any], bound: dict[str, Any]) -> None:
    assert problems(stack(granted, bound)) == []


@pytest.mark.parametrize(
    ("granted", "bound", "outside"),
    [
        ({"Action": "sns:Publish"}, {"Action": "s3:*"}, "sns:Publish on *"),
        ({"Action": "s3:Get*"}, {"Action": "s3:GetBucket*"}, "s3:GetObject on *"),
        (
            {"Action": "iam:PassRole", "Resource": "*"},
            {"Action": "iam:*", "Resource": ROLE},
            "iam:PassRole on *",
        ),
        (
            {"Action": "iam:PassRole", "Resource": f"{ROLE[:-3]}*"},
            {"Action": "iam:*", "Resource": ROLE},
            "iam:PassRole on",
        ),
    ],
)
def test_finds_what_the_boundary_does_not_allow(
    granted: dict[str, Any], bound: dict[str, Any], outside: str
) -> None:
    found = stack(granted, bound, boundary=BOUNDARY)
    (problem,) = problems(found)
    assert "its boundary does not allow" in problem
    assert outside in problem or "more" in problem


def test_finds_what_the_boundary_denies_and_leaves_conditions_to_requests() -> None:
    granted = {"Action": "iam:CreateUser"}
    denied = {"Effect": "Deny", "Action": "iam:Create*"}
    (problem,) = problems(stack(granted, {"Action": "iam:*"}, denied))
    assert "its boundary denies" in problem
    conditional = denied | {"Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "x"}}}
    assert problems(stack(granted, {"Action": "iam:*"}, conditional)) == []


def test_ignores_a_boundary_of_another_stack() -> None:
    found = stack({"Action": "sns:Publish"}, boundary="arn:aws:iam::111111111111:policy/company-boundary")
    assert problems(found) == []
