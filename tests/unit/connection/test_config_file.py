"""Profiles in the AWS configuration file: written beside those of others."""

import os
from pathlib import Path

import boto3
import pytest

from terrarium.aws.config_file import profiles, write_profile
from terrarium.errors import ConflictError, InvalidRequestError

OTHERS = """\
# My settings, as the company's wiki has them.
[default]
region = eu-west-1
s3 =
    max_concurrent_requests = 20

[profile "with spaces"]
role_arn=arn:aws:iam::123456789012:role/acme/other ; a comment
source_profile: default

[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-central-1
"""
ROLE = {
    "role_arn": "arn:aws:iam::123456789012:role/scientist",
    "source_profile": "default",
    "region": "eu-west-1",
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "aws" / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return path


def holding(path: Path, text: str) -> Path:
    path.parent.mkdir()
    path.write_bytes(text.encode())
    return path


def test_creates_a_missing_file_for_its_owner_only(file: Path) -> None:
    assert write_profile("terrarium-dev", ROLE)
    assert file.stat().st_mode & 0o777 == 0o600
    assert profiles()["terrarium-dev"] == ROLE


@pytest.mark.parametrize("text", [OTHERS, OTHERS.replace("\n", "\r\n"), OTHERS.rstrip(), OTHERS + "\n\n"])
def test_keeps_every_byte_of_the_file(file: Path, text: str) -> None:
    holding(file, text)
    write_profile("terrarium-dev", ROLE)
    assert file.read_bytes().startswith(text.encode())
    assert profiles()["terrarium-dev"] == ROLE


def test_writes_nothing_that_is_there_already(file: Path) -> None:
    holding(file, OTHERS)
    write_profile("terrarium-dev", ROLE)
    before = file.stat()
    assert not write_profile("terrarium-dev", ROLE)
    assert file.stat() == before


def test_changes_its_profile_in_place(file: Path) -> None:
    holding(file, OTHERS)
    write_profile("terrarium-dev", {**ROLE, "duration_seconds": "43200"})
    file.write_text(
        file.read_text() + "output = json\n# mine\ns3 =\n  region = eu-west-1\n\n# next\n[profile last]\n"
    )
    write_profile("terrarium-dev", {**ROLE, "region": "eu-north-1"})
    text = file.read_text()
    assert text.startswith(OTHERS)
    assert text.endswith("output = json\n# mine\ns3 =\n  region = eu-west-1\n\n# next\n[profile last]\n")
    assert profiles()["terrarium-dev"] == {
        **ROLE,
        "region": "eu-north-1",
        "output": "json",
        "s3": {"region": "eu-west-1"},
    }


def test_keeps_bytes_beyond_ascii_and_the_mode_of_the_file(file: Path) -> None:
    holding(file, OTHERS)
    file.write_bytes(b"# na\xc3\xafve\n" + OTHERS.encode())
    file.chmod(0o640)
    write_profile("terrarium-dev", ROLE)
    assert file.read_bytes().startswith(b"# na\xc3\xafve\n" + OTHERS.encode())
    assert file.stat().st_mode & 0o777 == 0o640


def test_follows_a_link(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "dotfiles"
    target.write_text(OTHERS)
    file.parent.mkdir()
    file.symlink_to(target)
    write_profile("terrarium-dev", ROLE)
    assert file.is_symlink()
    assert target.read_text().startswith(OTHERS)
    assert "terrarium-dev" in target.read_text()


@pytest.mark.parametrize("header", ["[profile terrarium-dev]", '[profile "terrarium-dev"]'])
def test_refuses_to_overwrite_a_profile_of_somebody_else(file: Path, header: str) -> None:
    holding(file, f"{header}\nregion = us-east-1\n")
    with pytest.raises(ConflictError, match="--profile NAME"):
        write_profile("terrarium-dev", ROLE)
    assert file.read_text() == f"{header}\nregion = us-east-1\n"


def test_refuses_a_profile_that_the_credentials_file_has(file: Path, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[terrarium-dev]\naws_access_key_id = made-up\n")
    with pytest.raises(ConflictError, match="credentials"):
        write_profile("terrarium-dev", ROLE)
    assert not file.exists()


def test_leaves_a_file_that_botocore_cannot_read(file: Path) -> None:
    holding(file, "region = us-east-1\n")
    with pytest.raises(InvalidRequestError, match="list-profiles"):
        write_profile("terrarium-dev", ROLE)
    assert file.read_text() == "region = us-east-1\n"


def test_a_failed_write_leaves_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holding(file, OTHERS)

    def fail(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_profile("terrarium-dev", ROLE)
    assert file.read_text() == OTHERS
    assert list(file.parent.iterdir()) == [file]


def test_boto3_finds_the_profile(file: Path) -> None:
    holding(file, OTHERS)
    write_profile("terrarium-dev", ROLE)
    assert boto3.Session(profile_name="terrarium-dev").region_name == "eu-west-1"
