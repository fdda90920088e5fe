"""What IAM refuses."""

import json

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.sandbox.rules.refusals import refused_by


def trusting(principal: dict[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowing(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": actions or ["s3:GetObject"], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_LAMBDA = trusting({"Service": "lambda.amazonaws.com"})


def test_a_role_needs_a_boundary_that_exists(client: Client) -> None:
    iam = client("iam")
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/limits"
    with refused_by("permissions-boundary-must-exist", message=boundary):
        iam.create_role(RoleName="limited", AssumeRolePolicyDocument=_LAMBDA, PermissionsBoundary=boundary)
    iam.create_policy(PolicyName="limits", PolicyDocument=allowing())
    iam.create_role(RoleName="limited", AssumeRolePolicyDocument=_LAMBDA, PermissionsBoundary=boundary)


def test_a_managed_policy_has_a_size_in_which_white_space_does_not_count(client: Client) -> None:
    iam = client("iam")
    room = 6144 - len(allowing("s3:").replace(" ", ""))
    iam.create_policy(PolicyName="fits", PolicyDocument=allowing("s3:" + "x" * room))
    with refused_by("managed-policy-size"):
        iam.create_policy(PolicyName="too-large", PolicyDocument=allowing("s3:" + "x" * (room + 1)))
