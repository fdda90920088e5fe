"""Rules of KMS about disabled keys, keys that are scheduled for deletion, and names of aliases."""

from typing import Any

import pytest

from tests.sandbox.rules.conftest import Client
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
