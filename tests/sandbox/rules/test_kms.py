"""Rules of KMS about disabled keys, keys that are scheduled for deletion, and names of aliases."""

import json
from typing import Any

import pytest

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.support.refused_by import refused_by


@pytest.fixture
def kms(client: Client) -> Any:
    return client("kms")


def test_a_disabled_key_is_not_used(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/disabled", TargetKeyId=key)
    sealed = kms.encrypt(KeyId="alias/disabled", Plaintext=b"x")["CiphertextBlob"]
    kms.disable_key(KeyId=key)
    with refused_by("disabled-key-cannot-be-used"):
        kms.decrypt(CiphertextBlob=sealed)
    for name in (key, "alias/disabled", f"arn:aws:kms:eu-central-1:{_account(kms)}:alias/disabled"):
        with refused_by("disabled-key-cannot-be-used"):
            kms.generate_data_key(KeyId=name, KeySpec="AES_256")
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_a_key_that_is_about_to_go_is_not_used_and_can_be_kept(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    kms.schedule_key_deletion(KeyId=key)
    with refused_by("key-pending-deletion-cannot-be-used"):
        kms.decrypt(CiphertextBlob=sealed)
    with refused_by("key-pending-deletion-cannot-be-used"):
        kms.create_alias(AliasName="alias/going", TargetKeyId=key)
    with refused_by("key-pending-deletion-cannot-be-used"):
        kms.enable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_the_prefix_of_aws_own_aliases_is_reserved(kms: Any) -> None:
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    with refused_by("alias-prefix-is-reserved"):
        kms.create_alias(AliasName="alias/aws/own", TargetKeyId=key)
    kms.create_alias(AliasName="alias/awsome", TargetKeyId=key)


def _account(kms: Any) -> str:
    return str(kms.create_key()["KeyMetadata"]["AWSAccountId"])


def _administered_by(principal: str, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | condition]})


def test_a_key_policy_does_not_lock_out_its_author(kms: Any, client: Client) -> None:
    role = client("iam").create_role(
        RoleName="key-administrator",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ec2.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    root = f"arn:aws:iam::{ACCOUNT}:root"
    with refused_by("key-policy-must-not-lock-out-its-author", message="in the future"):
        kms.create_key(Policy=_administered_by(role))
    key = kms.create_key(Policy=_administered_by(root))["KeyMetadata"]["KeyId"]
    only_role = {"Condition": {"ArnLike": {"aws:PrincipalArn": role}}}
    with refused_by("key-policy-must-not-lock-out-its-author"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_administered_by(root, **only_role))
    kms.put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=_administered_by(role),
        BypassPolicyLockoutSafetyCheck=True,
    )


def test_a_key_policy_names_principals_that_exist(kms: Any) -> None:
    with refused_by("key-policy-names-existing-principals"):
        kms.create_key(
            Policy=_administered_by(f"arn:aws:iam::{ACCOUNT}:role/nobody"),
            BypassPolicyLockoutSafetyCheck=True,
        )
