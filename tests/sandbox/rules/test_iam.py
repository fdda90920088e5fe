"""Rules of IAM."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.support.refused_by import refused_by


def trusting(principal: dict[str, Any], **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allowing(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": actions or ["s3:GetObject"], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_BATCH = trusting({"Service": "batch.amazonaws.com"})
# Characters of `allowing` beside the action, white space not counted.
_AROUND = len(allowing("s3:").replace(" ", ""))


def policy_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


def test_a_role_needs_a_boundary_that_exists(client: Client) -> None:
    iam = client("iam")
    boundary = policy_arn("limits")
    with refused_by("permissions-boundary-must-exist", message=boundary):
        iam.create_role(RoleName="limited", AssumeRolePolicyDocument=_BATCH, PermissionsBoundary=boundary)
    iam.create_policy(PolicyName="limits", PolicyDocument=allowing())
    iam.create_role(RoleName="limited", AssumeRolePolicyDocument=_BATCH, PermissionsBoundary=boundary)


def test_a_boundary_in_use_cannot_be_deleted(client: Client) -> None:
    iam = client("iam")
    boundary = iam.create_policy(PolicyName="used", PolicyDocument=allowing())["Policy"]["Arn"]
    iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=_BATCH, PermissionsBoundary=boundary)
    with refused_by("boundary-in-use-cannot-be-deleted"):
        iam.delete_policy(PolicyArn=boundary)
    iam.delete_role(RoleName="bounded")
    iam.delete_policy(PolicyArn=boundary)


def test_an_attached_policy_cannot_be_deleted(client: Client) -> None:
    iam = client("iam")
    policy = iam.create_policy(PolicyName="attached", PolicyDocument=allowing())["Policy"]["Arn"]
    iam.create_role(RoleName="holder", AssumeRolePolicyDocument=_BATCH)
    iam.attach_role_policy(RoleName="holder", PolicyArn=policy)
    with refused_by("attached-policy-cannot-be-deleted"):
        iam.delete_policy(PolicyArn=policy)
    iam.detach_role_policy(RoleName="holder", PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)


def test_a_policy_with_versions_cannot_be_deleted(client: Client) -> None:
    iam = client("iam")
    policy = iam.create_policy(PolicyName="versioned", PolicyDocument=allowing())["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=allowing("s3:PutObject"), SetAsDefault=True)
    with refused_by("policy-with-versions-cannot-be-deleted"):
        iam.delete_policy(PolicyArn=policy)
    iam.delete_policy_version(PolicyArn=policy, VersionId="v1")
    iam.delete_policy(PolicyArn=policy)


def test_the_name_of_a_policy_is_used_once(client: Client) -> None:
    iam = client("iam")
    iam.create_policy(PolicyName="twice", PolicyDocument=allowing())
    with refused_by("policy-name-taken"):
        iam.create_policy(PolicyName="twice", PolicyDocument=allowing())


def test_a_managed_policy_has_a_size_in_which_white_space_does_not_count(client: Client) -> None:
    iam = client("iam")
    room = 6144 - _AROUND
    iam.create_policy(PolicyName="fits", PolicyDocument=allowing("s3:" + "x" * room))
    with refused_by("managed-policy-size"):
        iam.create_policy(PolicyName="too-large", PolicyDocument=allowing("s3:" + "x" * (room + 1)))


def test_inline_policies_of_a_role_share_a_size(client: Client) -> None:
    iam = client("iam")
    iam.create_role(RoleName="inline", AssumeRolePolicyDocument=_BATCH)
    first = allowing("s3:" + "x" * (6000 - _AROUND))
    second = allowing("s3:" + "x" * (4240 - _AROUND))
    iam.put_role_policy(RoleName="inline", PolicyName="a", PolicyDocument=first)
    iam.put_role_policy(RoleName="inline", PolicyName="b", PolicyDocument=second)
    with refused_by("inline-policies-size"):
        iam.put_role_policy(RoleName="inline", PolicyName="c", PolicyDocument=allowing())
    iam.put_role_policy(RoleName="inline", PolicyName="b", PolicyDocument=allowing())


def test_a_trust_policy_has_a_size(client: Client) -> None:
    iam = client("iam")
    subjects = [f"repo:acme/terrarium:environment:{number:04}" for number in range(60)]
    condition = {"StringEquals": {"token.actions.githubusercontent.com:sub": subjects}}
    with refused_by("trust-policy-size"):
        iam.create_role(
            RoleName="many",
            AssumeRolePolicyDocument=trusting({"Service": "batch.amazonaws.com"}, Condition=condition),
        )
    condition["StringEquals"]["token.actions.githubusercontent.com:sub"] = subjects[:30]
    iam.create_role(
        RoleName="many",
        AssumeRolePolicyDocument=trusting({"Service": "batch.amazonaws.com"}, Condition=condition),
    )


def test_a_role_has_at_most_ten_managed_policies(client: Client) -> None:
    iam = client("iam")
    iam.create_role(RoleName="full", AssumeRolePolicyDocument=_BATCH)
    for number in range(11):
        iam.create_policy(PolicyName=f"page-{number}", PolicyDocument=allowing())
    for number in range(10):
        iam.attach_role_policy(RoleName="full", PolicyArn=policy_arn(f"page-{number}"))
    with refused_by("policies-per-role"):
        iam.attach_role_policy(RoleName="full", PolicyArn=policy_arn("page-10"))
    iam.attach_role_policy(RoleName="full", PolicyArn=policy_arn("page-9"))


def test_whom_a_role_trusts_must_exist(client: Client) -> None:
    iam = client("iam")
    trusted = f"arn:aws:iam::{ACCOUNT}:role/trusted"
    with refused_by("trusted-principal-must-exist", message=trusted):
        iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=trusting({"AWS": trusted}))
    iam.create_role(RoleName="trusted", AssumeRolePolicyDocument=_BATCH)
    iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=trusting({"AWS": [trusted]}))
    with refused_by("trusted-principal-must-exist"):
        iam.update_assume_role_policy(
            RoleName="trusting", PolicyDocument=trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody"})
        )


@pytest.mark.parametrize(
    "principal", [f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, "arn:aws:iam::999999999999:role/far"]
)
def test_accepts_accounts_and_principals_of_other_accounts(client: Client, principal: str) -> None:
    iam = client("iam")
    iam.create_role(RoleName="open", AssumeRolePolicyDocument=trusting({"AWS": principal}))
    iam.delete_role(RoleName="open")


def test_a_trusted_service_must_be_a_service(client: Client) -> None:
    iam = client("iam")
    with refused_by("trusted-service-must-be-a-service", message='"SERVICE":"nope.example.com"'):
        iam.create_role(
            RoleName="strange", AssumeRolePolicyDocument=trusting({"Service": "nope.example.com"})
        )
    services = ["states.eu-central-1.amazonaws.com", "ecs-tasks.amazonaws.com"]
    iam.create_role(RoleName="strange", AssumeRolePolicyDocument=trusting({"Service": services}))


def test_a_trust_policy_has_no_resource(client: Client) -> None:
    with refused_by("trust-policy-has-no-resource"):
        client("iam").create_role(
            RoleName="resourceful",
            AssumeRolePolicyDocument=trusting({"Service": "batch.amazonaws.com"}, Resource="*"),
        )


@pytest.mark.parametrize("value", ["R&D", "a;b", "50%"])
def test_a_tag_has_only_characters_that_iam_takes(client: Client, value: str) -> None:
    """IAM API model, tagValueType: letters, digits, spaces and any of _ . : / = + - @."""
    iam = client("iam")
    with pytest.raises(ClientError, match="satisfy regular expression pattern") as caught:
        iam.create_role(
            RoleName="tagged",
            AssumeRolePolicyDocument=_BATCH,
            Tags=[{"Key": "cost-center", "Value": value}],
        )
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_names_are_unique_in_the_account_whatever_their_path(client: Client) -> None:
    """IAM API Reference, CreateRole and CreatePolicy: a path does not make another name."""
    iam = client("iam")
    iam.create_policy(PolicyName="Own", Path="/acme/", PolicyDocument=allowing())
    with refused_by("policy-name-taken"):
        iam.create_policy(PolicyName="own", Path="/other/", PolicyDocument=allowing())
    iam.create_role(RoleName="pathed", Path="/acme/", AssumeRolePolicyDocument=_BATCH)
    with pytest.raises(ClientError, match="EntityAlreadyExists"):
        iam.create_role(RoleName="pathed", Path="/other/", AssumeRolePolicyDocument=_BATCH)


@pytest.mark.parametrize("path", ["acme", "/acme", "acme/"])
def test_a_path_begins_and_ends_with_a_slash(client: Client, path: str) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        client("iam").create_role(RoleName="misplaced", Path=path, AssumeRolePolicyDocument=_BATCH)
