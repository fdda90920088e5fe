"""The fields for the keys, boundaries and role paths of a company."""

from typing import Any

import pytest
from pydantic import ValidationError

from environments import Environment, load_environment
from tests.support.planned_changes import with_changes

ACCOUNT = "111111111111"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def changed(field: str, value: Any) -> Environment:
    return with_changes(load_environment("dev"), {field: value})


@pytest.mark.parametrize("path", ["/", "/acme/", "/acme/ml-2/team@acme.com/"])
def test_takes_a_path(path: str) -> None:
    assert changed("access.role_path", path).access.role_path == path


@pytest.mark.parametrize("path", ["", "acme", "/acme", "acme/", "//", "/ac me/", "/a*/", f"/{'a' * 64}/"])
def test_refuses_what_is_no_path(path: str) -> None:
    with pytest.raises(ValidationError, match="role_path"):
        changed("access.role_path", path)


@pytest.mark.parametrize(
    "arn", [f"arn:aws:iam::{ACCOUNT}:policy/acme/Boundary", "arn:aws:iam::aws:policy/PowerUserAccess"]
)
def test_takes_a_boundary(arn: str) -> None:
    assert changed("access.permissions_boundary_arn", arn).access.permissions_boundary_arn == arn


def test_refuses_the_arn_of_a_role_as_boundary() -> None:
    with pytest.raises(ValidationError, match="ARN of a managed policy"):
        changed("access.permissions_boundary_arn", f"arn:aws:iam::{ACCOUNT}:role/Boundary")


@pytest.mark.parametrize("arn", [KEY, KEY.rpartition("/")[0] + "/mrk-1234abcd12ab34cd56ef1234567890ab"])
def test_takes_a_key(arn: str) -> None:
    assert changed("encryption.key_arn", arn).encryption.key_arn == arn


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        (f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/acme", "not of an alias"),
        ("alias/acme", "not of an alias"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "ARN of a KMS key"),
        (KEY.replace(ACCOUNT, "222222222222"), "account"),
        (KEY.replace("eu-central-1", "us-east-1"), "region"),
    ],
)
def test_refuses_a_key_that_not_every_service_can_use(arn: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        changed("encryption.key_arn", arn)


def test_an_existing_key_has_the_administrators_of_its_owner() -> None:
    administrators = [f"arn:aws:iam::{ACCOUNT}:role/KeyAdministrators"]
    with pytest.raises(ValidationError, match="both set"):
        with_changes(
            load_environment("dev"),
            {"encryption.key_arn": KEY, "encryption.administrators": administrators},
        )
