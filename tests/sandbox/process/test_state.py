"""The state of a sandbox outlives its process, until `reset`."""

import io
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from terrarium_sandbox.process.processes import wait_for_end
from tests.support.local_sandbox import LocalSandbox

_LARGE = bytes(range(256)) * 1024


def _fill(local: LocalSandbox) -> dict[str, Any]:
    """Something of every kind whose restoring is not obvious; what is needed to find it again."""
    s3, kms, ssm = (local.client(service) for service in ("s3", "kms", "ssm"))
    s3.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    versions = [
        s3.put_object(Bucket="kept", Key="weights", Body=body)["VersionId"] for body in (b"first", _LARGE)
    ]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    ssm.put_parameter(Name="/kept", Value="secret", Type="SecureString", KeyId=key, Tier="Advanced")
    return {
        "access_key": local.environment()["AWS_ACCESS_KEY_ID"],
        "ciphertext": kms.encrypt(KeyId=key, Plaintext=b"plain")["CiphertextBlob"],
        "versions": versions,
    }


def _check(local: LocalSandbox, filled: dict[str, Any]) -> None:
    s3, kms, ssm = (local.client(service) for service in ("s3", "kms", "ssm"))
    read = [
        s3.get_object(Bucket="kept", Key="weights", VersionId=version)["Body"].read()
        for version in filled["versions"]
    ]
    assert read == [b"first", _LARGE]
    assert kms.decrypt(CiphertextBlob=filled["ciphertext"])["Plaintext"] == b"plain"
    assert ssm.get_parameter(Name="/kept", WithDecryption=True)["Parameter"]["Value"] == "secret"
    assert local.environment()["AWS_ACCESS_KEY_ID"] == filled["access_key"]


def test_survives_down_and_up(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    filled = _fill(own_sandbox)
    for _ in range(2):  # what was loaded must be saved again
        own_sandbox.command("down")
        own_sandbox.command("up", "--port", "0")
        _check(own_sandbox, filled)


def test_survives_being_killed_once_saved(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    filled = _fill(own_sandbox)
    _wait_until_saved(own_sandbox)
    record = own_sandbox.process()
    assert record is not None
    os.kill(record.process.pid, signal.SIGKILL)
    wait_for_end([psutil.Process(record.process.pid)], patience_seconds=60)
    own_sandbox.command("up", "--port", "0")
    _check(own_sandbox, filled)


def test_bodies_of_deleted_objects_are_removed(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    filled = _fill(own_sandbox)
    own_sandbox.command("down")
    assert len(_bodies(own_sandbox)) == 1
    own_sandbox.command("up", "--port", "0")
    own_sandbox.client("s3").delete_object(Bucket="kept", Key="weights", VersionId=filled["versions"][1])
    own_sandbox.command("down")
    assert _bodies(own_sandbox) == []


def test_an_object_uploaded_in_parts_is_kept_after_others_like_it_were_deleted(
    own_sandbox: LocalSandbox,
) -> None:
    own_sandbox.command("up", "--port", "0")
    s3 = own_sandbox.client("s3")
    s3.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    content = bytes(20 * 1024 * 1024)  # in parts that are all alike
    for key in ("kept", "overwritten", "deleted", "overwritten"):
        s3.upload_fileobj(io.BytesIO(content), "kept", key)
    for _ in range(2):
        own_sandbox.command("down")
        own_sandbox.command("up", "--port", "0")
        s3 = own_sandbox.client("s3")
        s3.delete_object(Bucket="kept", Key="deleted")
        assert s3.get_object(Bucket="kept", Key="kept")["Body"].read() == content


def test_reset_forgets_everything_and_stays_up(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    endpoint = own_sandbox.environment()["AWS_ENDPOINT_URL"]
    _fill(own_sandbox)
    own_sandbox.command("reset", "--yes")
    assert own_sandbox.environment()["AWS_ENDPOINT_URL"] == endpoint
    assert own_sandbox.client("s3").list_buckets()["Buckets"] == []
    assert _bodies(own_sandbox) == []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"not even a header", id="damaged"),
        pytest.param(
            json.dumps({"format": 1, "moto": "1.0", "python": "3.11"}).encode() + b"\n", id="version"
        ),
    ],
)
def test_a_state_that_cannot_be_read_is_kept_and_named(own_sandbox: LocalSandbox, content: bytes) -> None:
    file = own_sandbox.home / "state" / "services.pickle"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    refused = own_sandbox.command("up", "--port", "0", check=False)
    assert refused.returncode == 1
    assert f"{file}" in refused.stderr
    assert "terrarium sandbox reset" in refused.stderr
    assert file.read_bytes() == content


def test_survives_a_listing_of_tags_of_which_pages_are_left(own_sandbox: LocalSandbox) -> None:
    """moto keeps a generator for the next page, which cannot be saved."""
    own_sandbox.command("up", "--port", "0")
    ssm = own_sandbox.client("ssm")
    for number in range(3):
        ssm.put_parameter(
            Name=f"/tagged/{number}", Value="x", Type="String", Tags=[{"Key": "owner", "Value": "ada"}]
        )
    tagging = own_sandbox.client("resourcegroupstaggingapi")
    token = tagging.get_resources(ResourcesPerPage=1)["PaginationToken"]
    assert token
    own_sandbox.command("down")
    own_sandbox.command("up", "--port", "0")
    assert own_sandbox.client("ssm").get_parameter(Name="/tagged/2")["Parameter"]["Value"] == "x"
    with pytest.raises(ClientError, match="PaginationTokenExpiredException"):
        own_sandbox.client("resourcegroupstaggingapi").get_resources(PaginationToken=token)


def test_status_reports_a_failed_save_until_a_save_succeeds(own_sandbox: LocalSandbox) -> None:
    own_sandbox.command("up", "--port", "0")
    in_the_way = own_sandbox.home / "state" / "services.pickle" / "file"
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    own_sandbox.client("sqs").create_queue(QueueName="unsaved")
    while "NOT SAVED" not in own_sandbox.command("status").stdout:
        time.sleep(0.1)
    in_the_way.unlink()
    in_the_way.parent.rmdir()
    while "NOT SAVED" in own_sandbox.command("status").stdout:
        time.sleep(0.1)
    assert in_the_way.parent.is_file()


def _bodies(local: LocalSandbox) -> list[Path]:
    return list((local.home / "state" / "bodies").glob("*"))


def _wait_until_saved(local: LocalSandbox) -> None:
    """Only a save can write that body, and it does so before the state that refers to it."""
    s3 = local.client("s3")
    s3.put_object(Bucket="kept", Key="marker", Body=b"m" * 100_000)
    file = local.home / "state" / "services.pickle"
    while not (_bodies(local) and file.exists() and b"marker" in file.read_bytes()):
        time.sleep(0.1)
